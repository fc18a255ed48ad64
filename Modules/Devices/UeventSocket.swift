internal import CKernel
internal import Glibc
public import Kernel
internal import SystemPackage

/// The kernel's uevents, from the moment that this is made.
public final class UeventSocket: UeventSource {
    private let descriptor: OwnedDescriptor

    /// The kernel drops what does not fit: its default buffer held 246 of 285 events of a coldplug (boot.md).
    private static let receiveBufferInBytes: Int32 = 16 << 20

    /// Binds to the kernel's multicast group. Needs no privilege; a buffer over net.core.rmem_max needs CAP_NET_ADMIN.
    public init() throws(OSError) {
        descriptor = OwnedDescriptor(
            adopting: try systemCall("socket", on: "uevents") {
                socket(AF_NETLINK, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), NETLINK_KOBJECT_UEVENT)
            })
        var size = Self.receiveBufferInBytes
        let length = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: `size` lives through both calls and `length` is its size.
        if unsafe setsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVBUFFORCE, &size, length) != 0 {
            unsafe _ = setsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVBUF, &size, length)
        }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = 1  // the kernel's own; udevd's processed events are group 2
        let raw = descriptor.rawValue
        try systemCall("bind", on: "uevents") {
            // SAFETY: a sockaddr_nl is read as the sockaddr that it begins with, by its own size.
            unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(raw, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                }
            }
        }
    }

    public func next(until deadline: Deadline) throws(OSError) -> Uevent? {
        while true {
            var entry = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
            // SAFETY: one entry, which lives through the call.
            let ready = try systemCall("poll", on: "uevents") { unsafe poll(&entry, 1, deadline.pollTimeout) }
            if ready == 0 {
                if deadline.hasPassed { return nil }
                continue
            }
            if let event = try receive() { return event }
        }
    }

    /// One datagram; nil for one that is not the kernel's.
    private func receive() throws(OSError) -> Uevent? {
        // UEVENT_BUFFER_SIZE is 2,048 and the head comes on top of it.
        var buffer = [UInt8](repeating: 0, count: 8_192)
        var sender = sockaddr_nl()
        let raw = descriptor.rawValue
        let count = try systemCall("recvfrom", on: "uevents") {
            var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
            // SAFETY: buffer and address live through the call and are passed with their sizes.
            return unsafe withUnsafeMutablePointer(to: &sender) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    unsafe recvfrom(raw, &buffer, buffer.count, Int32(MSG_DONTWAIT), address, &length)
                }
            }
        }
        // Port 0 is the kernel; anybody with CAP_NET_ADMIN may send to the group.
        guard sender.nl_pid == 0 else { return nil }
        return Uevent(Array(buffer.prefix(count)))
    }
}
