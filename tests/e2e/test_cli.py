"""The command line as a user meets it: exit codes, messages, help, completion, settings."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from serving import ROOT, VOICES, clean_environment

COMMANDS = ["say", "serve", "voices", "config", "doctor", "dlq", "completion", "version"]


@pytest.fixture
def run(soundbite, tmp_path):
    """Runs the program in an empty home and working folder."""

    def run(*words, env=None, **options):
        home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
        return subprocess.run(
            [str(soundbite), *map(str, words)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            env=clean_environment(**home, **(env or {})),
            **options,
        )

    return run


def refused(result, code: int) -> str:
    """The one line on standard error."""
    assert result.returncode == code, result
    assert result.stdout == ""
    assert result.stderr.startswith("soundbite: ") and result.stderr.count("\n") == 1, result.stderr
    return result.stderr.removeprefix("soundbite: ").rstrip("\n")


# ---- Finding one's way.


def test_help_names_every_command_and_each_command_teaches_by_example(run):
    overview = run("--help")
    assert overview.returncode == 0 and overview.stderr == ""
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\w", overview.stdout, re.MULTILINE), command
        told = run(command, "--help")
        assert told.returncode == 0, told
        assert f"\nexamples\n  " in told.stdout and f"soundbite {command}" in told.stdout
        assert run("help", command).stdout == told.stdout
        assert run(command, "-h").stdout == told.stdout


def test_no_command_prints_the_help_as_an_error(run):
    result = run()
    assert result.returncode == 2 and result.stdout == "" and "commands\n" in result.stderr


def test_a_slip_names_the_nearest(run):
    assert refused(run("sya", "hello"), 2) == "unknown command sya: did you mean say?"
    assert refused(run("serve", "--listn", "x"), 2) == "unknown flag --listn: did you mean --listen?"
    assert refused(run("say", "hello", "--vocie=x"), 2) == "unknown flag --vocie: did you mean --voice?"
    assert refused(run("--verison"), 2).startswith("unknown flag --verison")


def test_version(run):
    assert re.fullmatch(r"soundbite \d+\.\d+\.\d+\n", run("version").stdout)
    assert run("--version").stdout == run("version").stdout
    assert "soundbite " + json.loads(run("version", "--json").stdout)["version"] + "\n" == run("version").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_parse_and_know_every_command(run, tmp_path, shell):
    script = run("completion", shell)
    assert script.returncode == 0
    for command in COMMANDS:
        assert command in script.stdout
    assert "sentence-silence" in script.stdout and "voices-dir" in script.stdout
    if interpreter := shutil.which(shell):
        (tmp_path / "script").write_text(script.stdout)
        subprocess.run([interpreter, "-n", tmp_path / "script"], check=True)


def test_bash_completes_commands_flags_and_values(run, tmp_path):
    (tmp_path / "script").write_text(run("completion", "bash").stdout)

    def complete(*words: str) -> list[str]:
        listing = " ".join(f"'{word}'" for word in words)
        program = f"source {tmp_path}/script; COMP_WORDS=({listing}); COMP_CWORD={len(words) - 1}; _soundbite; " + 'printf "%s\\n" "${COMPREPLY[@]}"'
        return subprocess.run(["bash", "-c", program], check=True, capture_output=True, text=True).stdout.split()

    assert complete("soundbite", "s") == ["say", "serve"]
    assert complete("soundbite", "say", "--sp") == ["--speed"]
    assert complete("soundbite", "say", "--format", "m") == ["mp3", "m4a"]
    assert complete("soundbite", "serve", "--env", "prod") == ["production"]
    assert complete("soundbite", "completion", "z") == ["zsh"]


def test_completion_of_an_unknown_shell_is_refused(run):
    assert "bash, zsh or fish" in refused(run("completion", "tcsh"), 2)
    assert "bash, zsh or fish" in refused(run("completion"), 2)


# ---- Settings.


def settings(result) -> dict:
    assert result.returncode == 0, result
    return {one["name"]: one for one in json.loads(result.stdout)["settings"]}


def test_config_prints_each_value_and_where_it_came_from(run, tmp_path):
    (tmp_path / "my.toml").write_text('# mine\nlease = "1m"\nworkers = 1\nlisten = "127.0.0.1:1"\n')
    given = run(
        "config", "--json", "--config", "my.toml", "--listen", "127.0.0.1:3",
        env={"SOUNDBITE_LISTEN": "127.0.0.1:2", "SOUNDBITE_WORKERS": "2"},
    )  # fmt: skip
    found = settings(given)
    assert (found["listen"]["value"], found["listen"]["source"], found["listen"]["from"]) == ("127.0.0.1:3", "flag", "--listen")
    assert (found["workers"]["value"], found["workers"]["from"]) == ("2", "SOUNDBITE_WORKERS")
    assert (found["lease"]["value"], found["lease"]["source"], found["lease"]["from"]) == ("1m", "file", "my.toml:2")
    assert (found["env"]["value"], found["env"]["source"], found["env"]["from"]) == ("development", "default", None)
    assert json.loads(given.stdout)["file"] == "my.toml"


def test_the_table_of_config_has_the_same_settings(run):
    names = [line.split()[0] for line in run("config").stdout.splitlines()]
    assert names == ["SETTING", *settings(run("config", "--json"))]


def test_the_users_file_is_read_and_one_in_the_working_folder_is_not(run, tmp_path):
    (tmp_path / "soundbite.toml").write_text("workers = 7\n")
    assert settings(run("config", "--json"))["workers"]["source"] == "default"
    (tmp_path / "config" / "soundbite").mkdir(parents=True)
    (tmp_path / "config" / "soundbite" / "config.toml").write_text("workers = 5\n")
    assert settings(run("config", "--json"))["workers"]["value"] == "5"
    assert settings(run("config", "--json", env={"SOUNDBITE_CONFIG": "soundbite.toml"}))["workers"]["value"] == "7"


def test_wrong_settings_stop_every_command_with_one_line(run, tmp_path):
    (tmp_path / "bad.toml").write_text("worker = 1\n")
    for command in (["serve"], ["config"], ["voices"], ["doctor"], ["dlq", "list"], ["say", "hello", "-o", "x.wav"]):
        assert refused(run(*command, env={"SOUNDBITE_WORKER": "1"}), 2) == "unknown variable SOUNDBITE_WORKER: did you mean SOUNDBITE_WORKERS?"
        assert refused(run(*command, "--config", "bad.toml"), 2) == "bad.toml:1: unknown key worker: did you mean workers?"
        assert refused(run(*command, env={"SOUNDBITE_LEASE": "soon"}), 2).startswith('bad value "soon" for SOUNDBITE_LEASE: write ')
    assert "prodution" in refused(run("serve", "--env", "prodution"), 2)
    assert "did you mean production?" in refused(run("serve", "--env", "prodution"), 2)


def test_what_this_release_cannot_do_is_refused_not_ignored(run):
    assert refused(run("serve", "--auth", "jwt"), 2) == 'bad value "jwt" for --auth: this version knows only none'
    assert "only embedded" in refused(run("serve", "--store", "aws"), 2)
    assert "only off" in refused(run("serve", "--rate-limit", "100/15m"), 2)
    assert refused(run("serve", "--redis", "redis://x"), 2).startswith("unknown flag --redis")


def test_the_reference_of_settings_is_complete(run):
    reference = (ROOT / "docs" / "configuration.md").read_text()
    for setting in settings(run("config", "--json")).values():
        row = f"| `--{setting['name']}` | `{setting['variable']}` | `{setting['key']}` |"
        assert row in reference, f"docs/configuration.md lacks {row}"
        line = next(line for line in reference.splitlines() if line.startswith(row))
        assert setting["default"] in line, f"docs/configuration.md has another default: {line}"


# ---- The other commands.


def test_voices_lists_filters_and_tells_what_is_broken(run, tmp_path):
    folder = tmp_path / "voices"
    folder.mkdir()
    (folder / "en_US-torn-low.onnx").write_bytes(b"no model")
    (folder / "en_US-torn-low.onnx.json").write_text("{")
    arguments = ["--voices-dir", VOICES, "--voices-dir", folder]
    table = run("voices", *arguments).stdout.splitlines()
    assert table[0].split() == ["ID", "LANGUAGE", "ENGINE", "RATE", "STATE"]
    assert any(re.fullmatch(r"en_US-joe-medium +en-US +piper +22050 +ok", line) for line in table)
    assert any(re.fullmatch(r"en_US-torn-low .* broken: .+", line) for line in table)
    assert any(line.startswith("espeak:en-us ") for line in table)
    found = json.loads(run("voices", "joe", "--json", *arguments).stdout)
    assert [voice["id"] for voice in found] == ["en_US-joe-medium"]
    assert found[0]["sampleRate"] == 22050 and found[0]["broken"] is None
    assert {voice["languages"][0] for voice in json.loads(run("voices", "de", "--json", *arguments).stdout)} >= {"de"}
    assert "no voice matches 'zzz'" in refused(run("voices", "zzz", *arguments), 1)


def test_doctor_finds_everything_well_or_says_what_to_do(run, tmp_path, soundbite):
    well = run("doctor", "--json", "--listen", "127.0.0.1:0", "--data-dir", "data")
    checks = json.loads(well.stdout)
    assert well.returncode == 0, well
    assert {"ONNX Runtime", "voices", "speech", "formats", "data folder", "address", "file limit"} <= {one["check"] for one in checks}
    assert all(one["remedy"] for one in checks if one["finding"] != "ok")
    formats = next(one for one in checks if one["check"] == "formats")
    assert formats["detail"] == "mp3, wav, flac, opus, vorbis, aac, m4a"
    assert not (tmp_path / "data").exists()

    ill = run("doctor", "--onnxruntime", "/nowhere.so", "--media-program", "/nowhere", "--data-dir", "/proc/x", "--listen", "127.0.0.1:0")
    assert ill.returncode == 1 and ill.stderr == "soundbite: " + re.search(r"\d+ checks failed", ill.stderr)[0] + "\n"
    for expected in (r"^fail +ONNX Runtime ", r"^fail +formats ", r"^fail +data folder "):
        assert re.search(expected, ill.stdout, re.MULTILINE), ill.stdout
    assert ill.stdout.count("→") >= 3


def test_dlq_reads_a_folder_that_no_server_owns(run, serve, tmp_path):
    assert "there is no data folder" in refused(run("dlq", "list", "--data-dir", "none"), 1)
    server = serve(workers=0)
    said = refused(run("dlq", "list", "--data-dir", server.data_dir, "--listen", f"127.0.0.1:{server.port}"), 1)
    assert f"curl 'http://127.0.0.1:{server.port}/api/v1/soundbites?status=failed'" in said
    job = server.submit("Hello.")
    assert server.terminate() == 0
    assert run("dlq", "list", "--data-dir", server.data_dir).stdout == "no dead letters\n"
    assert json.loads(run("dlq", "list", "--json", "--data-dir", server.data_dir).stdout)["items"] == []
    assert json.loads(run("dlq", "show", job, "--data-dir", server.data_dir).stdout)["id"] == job
    assert refused(run("dlq", "retry", job, "--data-dir", server.data_dir), 1)


def test_dlq_lists_shows_and_retries_a_job_that_failed_for_good(run, serve, tmp_path):
    dead = tmp_path / "media"
    dead.write_text("#!/bin/sh\nexit 3\n")
    dead.chmod(0o755)
    server = serve(extra=("--media-program", dead, "--max-attempts", "1"))
    job = server.submit("Hello.")
    assert server.settle(job)["status"] == "failed"
    assert server.terminate() == 0
    folder = ("--data-dir", server.data_dir)
    assert [line.split()[0] for line in run("dlq", "list", *folder).stdout.splitlines()] == ["ID", job]
    assert [one["id"] for one in json.loads(run("dlq", "list", "--json", *folder).stdout)["items"]] == [job]
    assert json.loads(run("dlq", "show", job, *folder).stdout)["error"]["detail"]
    assert json.loads(run("dlq", "retry", job, *folder).stdout)["status"] == "pending"
    assert run("dlq", "list", *folder).stdout == "no dead letters\n"
    assert serve(server.data_dir).settle(job)["status"] == "ready"


def test_dlq_words_are_checked(run):
    assert "write list, show ID or retry ID" in refused(run("dlq", "purge"), 2)
    assert "takes an id" in refused(run("dlq", "show"), 2)
    assert refused(run("dlq", "show", "x"), 2).startswith("bad id x")
