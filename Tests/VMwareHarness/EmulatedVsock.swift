internal import CTestSupport
internal import Glibc
internal import Kernel
internal import SystemPackage

/// The host's side of vsock: a traced program's sockets of AF_VSOCK become AF_UNIX ones, and what listens there speaks by open-vm-tools'
/// own code (``isAvailable``).
public final class EmulatedVsock: Sendable {
    /// A call of the program's on a socket of AF_VSOCK.
    public enum Call: Hashable, Sendable {
        case bind(port: UInt32)
        case connect(context: UInt32, port: UInt32)
    }

    private struct State {
        var host: EmulatedVMX
        var calls: [Call] = []
        var failures: [Call: [Int32]]
    }
    private let state: Monitor<State>
    private let listener: OwnedDescriptor
    /// A sockaddr_un.
    let address: [UInt8]

    /// Whether libvmtools is there.
    public static var isAvailable: Bool { sw_vmtools() == 1 }

    /// - Parameter failures: the errno of a call, each time that it comes, until there are no more: then it succeeds.
    public init(_ host: EmulatedVMX, failures: [Call: [Int32]] = [:]) throws {
        state = Monitor(State(host: host, failures: failures))
        let name = "slipway-vsock-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        address = [1, 0, 0] + Array(name.utf8)
        listener = OwnedDescriptor(adopting: try systemCall("listen") { unsafe sw_listen_abstract(name) })
        let descriptor = listener.rawValue
        try WorkerThread.start { [state] in Self.serve(descriptor, state) }
    }

    deinit { shutdown(listener.rawValue, Int32(SHUT_RDWR)) }

    /// The host as it is now, and the calls that came, in their order.
    public var host: EmulatedVMX { state.with { $0.host } }
    public var calls: [Call] { state.with { $0.calls } }

    /// What a call answers: 0, minus an errno, or nil for a connection to ``address``.
    func status(of call: Call) -> Int? {
        state.with { state in
            state.calls.append(call)
            if let number = state.failures[call]?.first {
                state.failures[call]?.removeFirst()
                return -Int(number)
            }
            if case .bind = call { return 0 }
            return nil
        }
    }

    /// One connection after another, each until its guest closes it; to the listener's end.
    private static func serve(_ listener: Int32, _ state: Monitor<State>) {
        while true {
            let connection = sw_accept(listener)
            if connection < 0 { return }
            let end = OwnedDescriptor(adopting: connection)
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let size = unsafe sw_vmtools_receive(end.rawValue, &buffer, buffer.count)
                if size < 0 { break }
                let reply = state.with { $0.host.take(Array(buffer.prefix(size))) }
                if unsafe sw_vmtools_send(end.rawValue, reply, reply.count) != 0 { break }
            }
        }
    }
}
