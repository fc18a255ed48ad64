internal import CKernel
internal import Glibc
public import Kernel
internal import SystemPackage

/// An AF_NETLINK socket. It belongs to the network namespace of the thread that made it, at that time, for ever.
public final class NetlinkSocket: NetlinkTransport {
    /// The protocols of netlink(7).
    public struct Family: Hashable, Sendable {
        let rawValue: Int32
        /// NETLINK_ROUTE: rtnetlink(7).
        public static let route = Family(rawValue: NETLINK_ROUTE)
        /// NETLINK_GENERIC.
        public static let generic = Family(rawValue: NETLINK_GENERIC)
    }

    private let descriptor: OwnedDescriptor
    public let port: UInt32

    private init(_ descriptor: consuming OwnedDescriptor, port: UInt32) {
        self.descriptor = descriptor
        self.port = port
    }

    /// Makes a socket and binds it to a port id of the kernel's choice: binding getpid() breaks the second socket of a process.
    public static func open(_ family: Family) throws(NetlinkError) -> NetlinkSocket {
        do throws(OSError) {
            return try opened(family)
        } catch {
            throw NetlinkError(error)
        }
    }

    private static func opened(_ family: Family) throws(OSError) -> NetlinkSocket {
        let flags = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = OwnedDescriptor(
            adopting: try systemCall("socket", on: "netlink") { socket(AF_NETLINK, flags, family.rawValue) })
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            try enable(option, on: descriptor)
        }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
        // SAFETY: the address lives through both calls, which read and write at most `size` bytes of it.
        unsafe try withUnsafeMutablePointer(to: &address) { address throws(OSError) in
            try unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address throws(OSError) in
                try systemCall("bind", on: "netlink") { unsafe bind(descriptor.rawValue, address, size) }
                try systemCall("getsockname", on: "netlink") {
                    unsafe getsockname(descriptor.rawValue, address, &size)
                }
            }
        }
        return NetlinkSocket(descriptor, port: address.nl_pid)
    }

    /// What an old kernel lacks (ENOPROTOOPT, before 4.20) costs better errors and kernel-side filters, nothing else.
    private static func enable(_ option: Int32, on descriptor: borrowing OwnedDescriptor) throws(OSError) {
        var one: Int32 = 1
        let raw = descriptor.rawValue
        do throws(OSError) {
            try systemCall("setsockopt", on: "netlink") {
                // SAFETY: the option is an int, and `one` lives through the call.
                unsafe setsockopt(raw, SOL_NETLINK, option, &one, socklen_t(MemoryLayout<Int32>.size))
            }
        } catch  where error.errno == .protocolNotAvailable {}
    }

    public func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        var kernel = sockaddr_nl()
        kernel.nl_family = sa_family_t(AF_NETLINK)
        while true {
            do throws(OSError) {
                // SAFETY: the datagram and the address live through the call, which keeps neither.
                _ = unsafe try withUnsafePointer(to: &kernel) { kernel throws(OSError) in
                    try unsafe kernel.withMemoryRebound(to: sockaddr.self, capacity: 1) { kernel throws(OSError) in
                        try systemCall("sendto", on: "netlink") {
                            unsafe sendto(
                                descriptor.rawValue, datagram, datagram.count, Int32(MSG_NOSIGNAL), kernel,
                                socklen_t(MemoryLayout<sockaddr_nl>.size))
                        }
                    }
                }
                return
            } catch  where error.errno == .resourceTemporarilyUnavailable {
                try wait(for: POLLOUT, until: deadline)
            } catch {
                throw NetlinkError(error)
            }
        }
    }

    public func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        while true {
            var sender = sockaddr_nl()
            var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
            let capacity = buffer.count
            do throws(OSError) {
                // SAFETY: the kernel writes at most `capacity` bytes to the buffer and `size` to the address.
                let count = unsafe try withUnsafeMutablePointer(to: &sender) { sender throws(OSError) in
                    try unsafe sender.withMemoryRebound(to: sockaddr.self, capacity: 1) { sender throws(OSError) in
                        try systemCall("recvfrom", on: "netlink") {
                            unsafe recvfrom(
                                descriptor.rawValue, &buffer, capacity, Int32(MSG_TRUNC), sender, &size)
                        }
                    }
                }
                // A sender that gives no netlink address is not the kernel.
                let isNetlink = size >= 12 && sender.nl_family == sa_family_t(AF_NETLINK)
                return ReceivedDatagram(byteCount: count, sender: isNetlink ? sender.nl_pid : .max)
            } catch  where error.errno == .resourceTemporarilyUnavailable {
                try wait(for: POLLIN, until: deadline)
            } catch {
                throw NetlinkError(error)
            }
        }
    }

    private func wait(for event: Int32, until deadline: Deadline) throws(NetlinkError) {
        var entry = pollfd(fd: descriptor.rawValue, events: Int16(event), revents: 0)
        do throws(OSError) {
            // SAFETY: one entry, which lives through the call.
            let ready = try systemCall("poll", on: "netlink") { unsafe poll(&entry, 1, deadline.pollTimeout) }
            if ready == 0, deadline.hasPassed { throw OSError(operation: "poll", errno: .timedOut) }
        } catch  where error.errno == .timedOut {
            throw NetlinkError(.timedOut, operation: "wait")
        } catch {
            throw NetlinkError(error)
        }
    }
}
