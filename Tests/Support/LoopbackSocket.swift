internal import CKernel
internal import Glibc
public import Kernel

/// A TCP socket of 127.0.0.1 or ::1 on a port that the kernel chose.
public struct LoopbackSocket: ~Copyable {
    public var descriptor: OwnedDescriptor
    public let port: Int

    /// Bound, and where a backlog is given, listening.
    public init(isIPv6: Bool = false, backlog: Int32? = 16) throws(OSError) {
        self = isIPv6 ? try Self.bound6(backlog) : try Self.bound4(backlog)
    }

    private init(_ descriptor: consuming OwnedDescriptor, port: Int) {
        self.descriptor = descriptor
        self.port = port
    }

    private static func opened(_ family: Int32) throws(OSError) -> OwnedDescriptor {
        OwnedDescriptor(
            adopting: try systemCall("socket") {
                socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            })
    }

    private static func bound4(_ backlog: Int32?) throws(OSError) -> LoopbackSocket {
        let descriptor = try opened(AF_INET)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        try bind(descriptor, to: &address, backlog)
        return LoopbackSocket(descriptor, port: Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func bound6(_ backlog: Int32?) throws(OSError) -> LoopbackSocket {
        let descriptor = try opened(AF_INET6)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        try bind(descriptor, to: &address, backlog)
        return LoopbackSocket(descriptor, port: Int(UInt16(bigEndian: address.sin6_port)))
    }

    private static func bind<Address>(
        _ descriptor: borrowing OwnedDescriptor, to address: inout Address, _ backlog: Int32?
    ) throws(OSError) {
        var length = socklen_t(MemoryLayout<Address>.size)
        let number = descriptor.rawValue
        // SAFETY: a sockaddr_in or sockaddr_in6 is a sockaddr of the length that is passed with it, and lives through the calls.
        try unsafe withUnsafeMutablePointer(to: &address) { (pointer) throws(OSError) in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { (address) throws(OSError) in
                try systemCall("bind") { unsafe Glibc.bind(number, address, length) }
                if let backlog { try systemCall("listen") { listen(number, backlog) } }
                try systemCall("getsockname") { unsafe getsockname(number, address, &length) }
            }
        }
    }
}

/// A port of 127.0.0.1 or ::1 behind which connections go nowhere.
public final class DeadPort: Sendable {
    public enum Death: Hashable, Sendable, CaseIterable {
        /// Nobody listens: ECONNREFUSED.
        case refusing
        /// SYNs are dropped, as those to an address behind a broken route: the listener's queue is full.
        case dropping
        /// Connections are accepted by the kernel, and nobody ever reads.
        case silent
    }

    public let port: Int
    private let descriptors: [Int32]

    public init(_ death: Death, isIPv6: Bool = false) throws {
        let backlog: Int32? =
            switch death {
            case .refusing: nil
            case .dropping: 0
            case .silent: 256
            }
        let listener = try LoopbackSocket(isIPv6: isIPv6, backlog: backlog)
        let port = listener.port
        self.port = port
        // The queue has room for one more than the backlog; whoever comes then hears nothing.
        let fillers = try (0..<(death == .dropping ? 2 : 0)).map { _ in
            let filler = try LoopbackSocket(isIPv6: isIPv6, backlog: nil)
            let descriptor = filler.descriptor.release()
            // EINPROGRESS: the socket does not block.
            connect(descriptor, isIPv6: isIPv6, port: port)
            return descriptor
        }
        descriptors = [listener.descriptor.release()] + fillers
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}

private func connect(_ descriptor: Int32, isIPv6: Bool, port: Int) {
    func connect<Address>(to address: Address) {
        var address = address
        // SAFETY: a sockaddr of the length that is passed with it, and it lives through the call.
        unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe _ = Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
    if isIPv6 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        address.sin6_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        connect(to: address)
    } else {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        connect(to: address)
    }
}
