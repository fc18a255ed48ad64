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

    let descriptor: OwnedDescriptor
    public let port: UInt32
    public let receiveBufferSize: Int

    private init(_ descriptor: consuming OwnedDescriptor, port: UInt32, receiveBufferSize: Int) {
        self.descriptor = descriptor
        self.port = port
        self.receiveBufferSize = receiveBufferSize
    }

    /// Makes a socket and binds it to a port id of the kernel's choice: binding getpid() breaks the second socket of a process.
    ///
    /// - Parameters:
    ///   - namespace: where the socket belongs, for ever.
    ///   - receiveBuffer: bytes that the kernel holds for us before it loses messages, of which it counts its own bookkeeping too. Past
    ///     net.core.rmem_max it takes CAP_NET_ADMIN; without it we get that much. Nil leaves the default.
    public static func open(
        _ family: Family, in namespace: NetworkNamespace = .current, receiveBuffer: Int? = nil
    ) throws(NetlinkError) -> NetlinkSocket {
        let descriptor = try namespace.opening { () throws(OSError) in
            let flags = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            return OwnedDescriptor(
                adopting: try systemCall("socket", on: "netlink") { socket(AF_NETLINK, flags, family.rawValue) })
        }
        do throws(OSError) {
            return try bound(descriptor, receiveBuffer)
        } catch {
            throw NetlinkError(error)
        }
    }

    private static func bound(
        _ descriptor: consuming OwnedDescriptor, _ receiveBuffer: Int?
    ) throws(OSError) -> NetlinkSocket {
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            try enable(option, on: descriptor)
        }
        if let receiveBuffer { try grow(descriptor, to: Int32(clamping: receiveBuffer)) }
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
        var room: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        try systemCall("getsockopt(SO_RCVBUF)", on: "netlink") {
            // SAFETY: the option is an int, and `room` lives through the call.
            unsafe getsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVBUF, &room, &length)
        }
        return NetlinkSocket(descriptor, port: address.nl_pid, receiveBufferSize: Int(room))
    }

    /// The kernel doubles what it is given, for its bookkeeping (socket(7)).
    private static func grow(_ descriptor: borrowing OwnedDescriptor, to wanted: Int32) throws(OSError) {
        var wanted = wanted
        let raw = descriptor.rawValue
        let size = socklen_t(MemoryLayout<Int32>.size)
        do throws(OSError) {
            // SAFETY: the option is an int, and `wanted` lives through both calls.
            try systemCall("setsockopt(SO_RCVBUFFORCE)", on: "netlink") {
                unsafe setsockopt(raw, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, size)
            }
        } catch  where error.errno == .notPermitted {
            try systemCall("setsockopt(SO_RCVBUF)", on: "netlink") {
                unsafe setsockopt(raw, SOL_SOCKET, SO_RCVBUF, &wanted, size)
            }
        }
    }

    /// Takes part in a multicast group (RTNLGRP_*, or one of a generic family's): the kernel then sends its notifications.
    public func join(group: UInt32) throws(NetlinkError) { try change(NETLINK_ADD_MEMBERSHIP, group, "join") }

    /// Leaves a multicast group.
    public func leave(group: UInt32) throws(NetlinkError) { try change(NETLINK_DROP_MEMBERSHIP, group, "leave") }

    private func change(_ option: Int32, _ group: UInt32, _ operation: String) throws(NetlinkError) {
        var group = group
        let raw = descriptor.rawValue
        do throws(OSError) {
            try systemCall("setsockopt", on: "netlink") {
                // SAFETY: the option is an unsigned int, and `group` lives through the call.
                unsafe setsockopt(raw, SOL_NETLINK, option, &group, socklen_t(MemoryLayout<UInt32>.size))
            }
        } catch {
            throw NetlinkError(.system, operation: operation, subject: "multicast group \(group)", errno: error.errno)
        }
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
            if let datagram = try receiveNow(into: &buffer) { return datagram }
            try wait(for: POLLIN, until: deadline)
        }
    }

    public func receive(
        into buffer: inout [UInt8], until deadline: Deadline, or wakeUp: WakeUp
    ) throws(NetlinkError) -> ReceivedDatagram? {
        // Asked first: a sender that never pauses keeps us from ever waiting.
        var isWoken = wakeUp.isFired
        while !isWoken {
            if let datagram = try receiveNow(into: &buffer) { return datagram }
            do throws(OSError) {
                switch try wakeUp.wait(for: descriptor.rawValue, Int16(POLLIN), until: deadline) {
                case .ready: break
                case .woken: isWoken = true
                case .timedOut: throw OSError(operation: "poll", errno: .timedOut)
                }
            } catch  where error.errno == .timedOut {
                throw NetlinkError(.timedOut, operation: "wait")
            } catch {
                throw NetlinkError(error)
            }
        }
        return nil
    }

    /// Nil where there is nothing to receive.
    private func receiveNow(into buffer: inout [UInt8]) throws(NetlinkError) -> ReceivedDatagram? {
        var sender = sockaddr_nl()
        var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let capacity = buffer.count
        do throws(OSError) {
            // SAFETY: the kernel writes at most `capacity` bytes to the buffer and `size` to the address.
            let count = unsafe try withUnsafeMutablePointer(to: &sender) { sender throws(OSError) in
                try unsafe sender.withMemoryRebound(to: sockaddr.self, capacity: 1) { sender throws(OSError) in
                    try systemCall("recvfrom", on: "netlink") {
                        unsafe recvfrom(descriptor.rawValue, &buffer, capacity, Int32(MSG_TRUNC), sender, &size)
                    }
                }
            }
            // A sender that gives no netlink address is not the kernel.
            let isNetlink = size >= 12 && sender.nl_family == sa_family_t(AF_NETLINK)
            return ReceivedDatagram(byteCount: count, sender: isNetlink ? sender.nl_pid : .max)
        } catch  where error.errno == .resourceTemporarilyUnavailable {
            return nil
        } catch {
            throw NetlinkError(error)
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
