internal import CKernel
internal import Glibc
public import Kernel
public import SystemPackage

/// A network namespace to make a socket in (network_namespaces(7)).
public struct NetworkNamespace: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        case current
        case file(FilePath)
    }
    let place: Place
    /// For errors: `namespace blue`, `namespace of process 42`.
    let name: String

    /// The calling thread's.
    public static let current = NetworkNamespace(place: .current, name: "namespace")

    /// What `ip netns add NAME` made: /run/netns/NAME of the host. Nil for a name with a slash in it, and for a host that is a recording.
    public static func named(_ name: String, on host: HostRoot = .live) -> NetworkNamespace? {
        guard !name.isEmpty, !name.contains("/"), name != ".", name != "..", let folder = host.path("/run/netns") else {
            return nil
        }
        return NetworkNamespace(place: .file(folder.appending(name)), name: "namespace \(name)")
    }

    /// A process's, by its number in the host's /proc.
    public static func process(_ number: Int32, on host: HostRoot = .live) -> NetworkNamespace? {
        host.path("/proc").map {
            NetworkNamespace(
                place: .file($0.appending("\(number)").appending("ns/net")), name: "namespace of process \(number)")
        }
    }

    /// The one that a file of nsfs stands for.
    public static func file(_ path: FilePath) -> NetworkNamespace {
        NetworkNamespace(place: .file(path), name: "namespace \(path)")
    }

    /// Runs `body` in the namespace and answers with the descriptor that it opens.
    ///
    /// Another namespace is entered by a thread that does nothing else and ends: no thread is ever left in the wrong one, whatever
    /// fails, and a descriptor of a socket stays in the namespace where it was made.
    func opening(
        _ body: @escaping @Sendable () throws(OSError) -> OwnedDescriptor
    ) throws(NetlinkError) -> OwnedDescriptor {
        guard case .file(let path) = place else {
            do throws(OSError) { return try body() } catch { throw NetlinkError(error) }
        }
        let answer = Kernel.Monitor<Result<Int32, NetlinkError>?>(nil)
        let name = name
        do throws(OSError) {
            try WorkerThread.start {
                var result: Result<Int32, NetlinkError>
                do throws(NetlinkError) {
                    try Self.enter(path, name)
                    do throws(OSError) { result = .success(try body().release()) } catch {
                        result = .failure(NetlinkError(error))
                    }
                } catch { result = .failure(error) }
                answer.with { $0 = result }
            }
        } catch { throw NetlinkError(error) }
        // open(2), setns(2) and socket(2) do not wait; the deadline is for a machine that does not get round to it.
        guard let result = answer.wait(until: Deadline(in: .seconds(30)), for: { $0 }) else {
            throw NetlinkError(.timedOut, operation: "enter", subject: name)
        }
        return OwnedDescriptor(adopting: try result.get())
    }

    private static func enter(_ path: FilePath, _ name: String) throws(NetlinkError) {
        do throws(OSError) {
            let file = try OwnedDescriptor.open(path, O_RDONLY)
            try systemCall("setns", on: name) { sw_enter_network(file.rawValue) }
        } catch {
            throw NetlinkError(.namespace, operation: "enter", subject: name, errno: error.errno)
        }
    }
}
