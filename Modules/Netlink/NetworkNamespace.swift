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
}
