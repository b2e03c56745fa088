#!/usr/bin/env python3
"""Feeds check_layers trees that break each rule, and one that breaks none."""

import contextlib
import io
import pathlib
import tempfile
import unittest

import check_layers


class CheckLayers(unittest.TestCase):
    def found(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "src").mkdir()
            for name, text in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return list(check_layers.breaches(root))

    def assert_one(self, files, words):
        found = self.found(files)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_a_layered_tree_passes(self):
        self.assertEqual([], self.found({
            "src/base/error.h": "#include <string>\n",
            "src/job/job.h": '#include "base/error.h"\n#include "job/problem.h"\n',
            "src/adapter/embedded/store.cc": '#include <sqlite3.h>\n#include "port/job_store.h"\n',
            "src/speech/voices.cc": '#include <espeak-ng/speak_lib.h>\n#include "onnx/model.h"\n',
            "src/media_main.cc": '#include "media/encoder.h"\n',
            "src/main.cc": '#include "app/commands.h"\n',
            "src/job/job_test.cc": '#include "tests/support/jobs.h"\nTEST(Job, rests) {}\n',
            "tests/contract/job_store_contract.cc": "TEST_P(JobStore, keeps) {}\n",
        }))

    def test_a_lower_room_may_not_include_a_higher_one(self):
        self.assert_one({"src/job/job.cc": '#include "port/job_store.h"\n'}, 'job may not include "port/job_store.h"')

    def test_nobody_but_app_names_an_adapter(self):
        for room in ("service", "http", "worker", "speech"):
            self.assert_one({f"src/{room}/x.cc": '#include "adapter/aws/s3.h"\n'}, f"{room} may not include")
        self.assertEqual([], self.found({"src/app/wiring.cc": '#include "adapter/aws/s3.h"\n'}))

    def test_an_adapter_may_not_include_another(self):
        self.assert_one({"src/adapter/redis/x.cc": '#include "adapter/aws/s3.h"\n'}, "adapter/redis may not include")

    def test_an_unknown_room_is_a_breach(self):
        self.assert_one({"src/audio/x.cc": ""}, "no such room")

    def test_an_include_names_its_room(self):
        self.assert_one({"src/job/job.cc": '#include "job.h"\n'}, "must be included with its room")

    def test_libav_is_for_media_alone(self):
        self.assert_one({"src/sandbox/x.cc": "#include <libavcodec/avcodec.h>\n"}, "belongs to media alone")
        self.assert_one({"src/app/x.cc": '#include "media/encoder.h"\n'}, "app may not include")

    def test_tests_are_named_so(self):
        self.assert_one({"src/job/checks.cc": "TEST(Job, rests) {}\n"}, "_test.cc")

    def test_names_that_say_nothing_are_breaches(self):
        self.assert_one({"src/job/job_util.h": ""}, "util")
        self.assert_one({"tests/common/conftest.py": ""}, "common")
        self.assertEqual([], self.found({"src/job/utility_score.h": ""}))

    def test_two_types_of_one_name_are_a_breach(self):
        self.assert_one({
            "src/http/message.h": "namespace soundbite {\nstruct Refusal {\n};\n}  // namespace soundbite\n",
            "src/net/refusal.h": "namespace soundbite {\nstruct Refusal final {\n};\n}  // namespace soundbite\n",
        }, "soundbite::Refusal is the name of a type in src/http/message.h")
        self.assertEqual([], self.found({
            "src/http/a.h": "namespace soundbite {\nclass Loudness;\nstruct Loudness {\n};\n}  // namespace soundbite\n",
            "src/job/b.h": "namespace soundbite {\nnamespace operation {\nstruct Loudness {\n};\n}  // namespace operation\n"
            "}  // namespace soundbite\n",
            "src/net/c.cc": "namespace soundbite {\nnamespace {\nstruct Loudness {\n};\n}  // namespace\n}  // namespace soundbite\n",
        }))

    def test_the_command_fails_on_a_breach(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as printed:
            (pathlib.Path(folder) / "src/base").mkdir(parents=True)
            (pathlib.Path(folder) / "src/base/x.cc").write_text('#include "job/job.h"\n', encoding="utf-8")
            self.assertEqual(1, check_layers.main([folder]))
            self.assertEqual(1, check_layers.main([folder + "/src"]))
        self.assertIn('base may not include "job/job.h"', printed.getvalue())


if __name__ == "__main__":
    unittest.main()
