/// Where the netlink of a host comes from: its kernel, a recording, or nowhere. It stands beside the `HostRoot` of its files.
public protocol NetlinkSource: Sendable {
    /// A new transport of `family`, which answers for the host.
    func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport
}

/// The kernel that we run on, in one network namespace.
public struct LiveNetlink: NetlinkSource {
    public let namespace: NetworkNamespace

    /// - Parameter namespace: that of the thread that opens, unless another is named.
    public init(in namespace: NetworkNamespace = .current) { self.namespace = namespace }

    public func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport {
        try NetlinkSocket.open(family, in: namespace)
    }
}

/// Why a host has no netlink to read.
public enum NetlinkAbsence: Hashable, Sendable, CustomStringConvertible {
    /// It is a directory of files.
    case directory
    /// It is a recording that was made without.
    case recording

    public var description: String {
        switch self {
        case .directory: "a directory has no kernel to ask"
        case .recording: "the recording holds no netlink"
        }
    }
}

/// The netlink of a host that has none: every opening fails with `.unavailable`.
public struct AbsentNetlink: NetlinkSource {
    public let absence: NetlinkAbsence

    public init(_ absence: NetlinkAbsence) { self.absence = absence }

    public func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport {
        throw NetlinkError(.unavailable(absence), operation: "open", subject: "netlink")
    }
}
