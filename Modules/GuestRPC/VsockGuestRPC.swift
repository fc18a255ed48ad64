internal import CKernel
internal import Glibc
public import Kernel
internal import SystemPackage

/// Guest RPC over vsock, to the hypervisor's port 976. It connects at the first exchange and stays so.
public final class VsockGuestRPC: GuestRPCTransport {
    private struct State: Sendable {
        var stream: PacketStream?
        var hasAnswered = false
    }
    private let state: Turn<State>
    private let limits: GuestRPCLimits
    private let address: Address?

    /// Whom to connect to: a context id and a port.
    package struct Address: Hashable, Sendable {
        let context: UInt32
        let port: UInt32

        package init(context: UInt32, port: UInt32) {
            self.context = context
            self.port = port
        }

        /// VMCI_HYPERVISOR_CONTEXT_ID and GUESTRPC_RPCI_VSOCK_LISTEN_PORT of open-vm-tools.
        package static let host = Address(context: SW_VMADDR_CID_HYPERVISOR, port: 976)
    }

    /// The longest that a connection takes. VMware's is answered by its own process on the host; without VMware (another
    /// hypervisor's vsock) nobody answers at context id 0, and the kernel itself would wait for two seconds.
    package static let connectionLimit = Duration.milliseconds(500)

    /// Of this machine's host.
    public convenience init(limits: GuestRPCLimits = .init()) { self.init(to: .host, limits: limits) }

    package init(to address: Address, limits: GuestRPCLimits = .init()) {
        self.address = address
        self.limits = limits
        state = Turn(State())
    }

    /// Over a socket that is connected already, to whatever speaks the same. When it breaks off, that is the end.
    public init(connected descriptor: consuming OwnedDescriptor, limits: GuestRPCLimits = .init()) {
        address = nil
        self.limits = limits
        state = Turn(State(stream: PacketStream(descriptor)))
    }

    public var channel: GuestRPCChannel? { state.current.hasAnswered ? .vsock : nil }

    public func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        try GuestRPCLimits.check(request)
        do throws(GuestRPCError) {
            return try state.use(until: deadline) { state throws(GuestRPCError) in
                // The host may have closed a connection that was idle: that one, and no new one, is tried again.
                if let stream = state.stream {
                    do throws(GuestRPCError) {
                        return try exchange(request, over: stream, &state, until: deadline)
                    } catch  where error.kind == .connectionLost && address != nil && !deadline.hasPassed {}
                }
                return try exchange(request, over: connected(until: deadline), &state, until: deadline)
            }
        } catch {
            var error = error
            error.channel = .vsock
            throw error
        }
    }

    /// What failed in any way may have left half a packet behind: it is not used again.
    private func exchange(
        _ request: [UInt8], over stream: PacketStream, _ state: inout State, until deadline: Deadline
    ) throws(GuestRPCError) -> [UInt8] {
        state.stream = nil
        let reply = try stream.exchange(request, replyLimit: limits.reply, until: deadline)
        state.stream = stream
        state.hasAnswered = true
        return reply
    }

    /// A connection that was given, and not made here, is the only one.
    public func close() {
        guard address != nil else { return }
        try? state.use(until: Deadline(in: .milliseconds(100))) { $0.stream = nil }
    }

    // MARK: - Connecting

    private func connected(until deadline: Deadline) throws(GuestRPCError) -> PacketStream {
        guard let address else { throw GuestRPCError(.connectionLost, operation: "send") }
        let limit = Deadline(in: Self.connectionLimit)
        do throws(OSError) {
            return PacketStream(try Self.connect(to: address, until: limit.earlier(deadline)))
        } catch {
            if error.errno == .timedOut, deadline.hasPassed { throw GuestRPCError(error, .timedOut) }
            throw GuestRPCError(error, .unavailable(.noSocket))
        }
    }

    /// From a port below 1024, from 1023 down: the host trusts those more. Without CAP_NET_BIND_SERVICE (EACCES) from any.
    ///
    /// A port that is in use is passed over, and so is one whose connection is reset: the host may be slow to let go of the
    /// last that came from it (open-vm-tools, simpleSocket.c).
    private static func connect(to address: Address, until deadline: Deadline) throws(OSError) -> OwnedDescriptor {
        var last = OSError(operation: "bind", errno: .addressInUse, subject: "vsock")
        var port: UInt32 = 1023
        while port > 0, !deadline.hasPassed {
            let socket = try unconnected()
            do throws(OSError) {
                try systemCall("bind", on: "vsock") { sw_vsock_bind(socket.rawValue, port) }
            } catch  where error.errno == .permissionDenied {
                return try connect(unconnected(), to: address, until: deadline)
            } catch  where error.errno == .addressInUse {
                last = error
                port -= 1
                continue
            }
            do throws(OSError) {
                return try connect(socket, to: address, until: deadline)
            } catch  where error.errno == .connectionReset {
                last = error
                port -= 1
            }
        }
        throw deadline.hasPassed ? OSError(operation: "connect", errno: .timedOut, subject: "vsock") : last
    }

    private static func unconnected() throws(OSError) -> OwnedDescriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        return OwnedDescriptor(adopting: try systemCall("socket", on: "vsock") { socket(AF_VSOCK, type, 0) })
    }

    private static func connect(
        _ socket: consuming OwnedDescriptor, to address: Address, until deadline: Deadline
    ) throws(OSError) -> OwnedDescriptor {
        do throws(OSError) {
            try systemCall("connect", on: "vsock") {
                sw_vsock_connect(socket.rawValue, address.context, address.port)
            }
        } catch  where error.errno == .nowInProgress {
            try finish(socket, until: deadline)
        }
        return socket
    }

    private static func finish(_ socket: borrowing OwnedDescriptor, until deadline: Deadline) throws(OSError) {
        guard (try? isReady(socket.rawValue, for: POLLOUT, until: deadline)) == true else {
            throw OSError(operation: "connect", errno: .timedOut, subject: "vsock")
        }
        var status: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let raw = socket.rawValue
        try systemCall("getsockopt(SO_ERROR)", on: "vsock") {
            // SAFETY: the option is an int, and `status` lives through the call.
            unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &status, &size)
        }
        if status != 0 { throw OSError(operation: "connect", errno: Errno(rawValue: status), subject: "vsock") }
    }
}
