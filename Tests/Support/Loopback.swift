internal import CKernel
internal import Glibc
public import Kernel

/// Sets `lo` up, for an exit test whose fresh network namespace (CTestSupport) has it down. Where it is up, or where the
/// test has no namespace of its own for lack of root, nothing happens.
public func bringLoopbackUp() throws(OSError) {
    let socket = OwnedDescriptor(
        adopting: try systemCall("socket") {
            Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        })
    var request = unsafe ifreq()
    unsafe withUnsafeMutableBytes(of: &request.ifr_ifrn) { unsafe $0.copyBytes(from: "lo".utf8) }
    // SAFETY: SIOCGIFFLAGS and SIOCSIFFLAGS take one ifreq, which lives through both calls.
    try systemCall("SIOCGIFFLAGS", on: "lo") {
        unsafe sw_ioctl(socket.rawValue, UInt(SIOCGIFFLAGS), &request)
    }
    let up = Int16(IFF_UP)
    if unsafe request.ifr_ifru.ifru_flags & up != 0 { return }
    unsafe request.ifr_ifru.ifru_flags |= up
    try systemCall("SIOCSIFFLAGS", on: "lo") {
        unsafe sw_ioctl(socket.rawValue, UInt(SIOCSIFFLAGS), &request)
    }
}
