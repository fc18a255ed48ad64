import CKernel
import Glibc
import Kernel

/// SIGTERM and SIGINT, read as from a file. To be made before there is a second thread: a signal mask is a thread's.
struct EndSignals: ~Copyable {
    private let descriptor: OwnedDescriptor

    init() throws(OSError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        _ = signal(SIGPIPE, SIG_IGN)
        // SAFETY: the set lives through the call.
        descriptor = OwnedDescriptor(
            adopting: try systemCall("signalfd") { unsafe signalfd(-1, &set, Int32(SFD_CLOEXEC)) })
    }

    /// Returns when one of the signals came, or stdin has ended where that counts. What stdin says is dropped.
    func wait(orEndOfInput includingInput: Bool) throws(OSError) {
        var entries = [
            pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0),
            pollfd(fd: includingInput ? 0 : -1, events: Int16(POLLIN), revents: 0),  // poll(2) skips a negative one
        ]
        while true {
            // SAFETY: the array has the two entries, and lives through the call.
            try systemCall("poll") { unsafe poll(&entries, 2, -1) }
            if entries[0].revents != 0 { return }
            if entries[1].revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 4096)
                // SAFETY: at most the buffer's count is written.
                if unsafe read(0, &buffer, buffer.count) <= 0 { return }
            }
        }
    }
}
