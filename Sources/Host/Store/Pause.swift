// Sleeping, for the supervisor's blocking work only.

import Glibc

func pause(millis: Int) {
    var time = timespec(tv_sec: millis / 1_000, tv_nsec: millis % 1_000 * 1_000_000)
    nanosleep(&time, nil)
}
