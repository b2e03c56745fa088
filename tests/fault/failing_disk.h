// Steers failing_disk.so from the program that is linked with it. Thread-safe.
#pragma once

extern "C" {

// From now on calls on files beneath `folder` are counted, and `count` of them fail with the errno `error` from the
// `first`-th on (from 1; count 0: all of them).
void failing_disk_fail(const char* folder, int error, long first, long count);
// From now on the disk of `folder` is full for as long as the file `sign` exists.
void failing_disk_full_while(const char* folder, const char* sign);
// The disk is well again.
void failing_disk_mend();
// Calls that were counted and, of these, that failed since the last failing_disk_fail.
long failing_disk_calls();
long failing_disk_failures();
}
