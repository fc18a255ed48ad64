import CKernel
import Glibc

/// Ctrl-C, SIGTERM and SIGHUP as something to ask for, so that long work ends in order: nothing half done, exit 130.
///
/// Made before the first thread: what is blocked then is blocked in all.
struct Interrupt: Sendable {
    /// Readable when one has come; it stays readable, for nobody takes it.
    let descriptor = sw_block_interrupts()

    var isPending: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: one entry, which lives through the call.
        return unsafe poll(&entry, 1, 0) > 0
    }
}
