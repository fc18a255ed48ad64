public import Kernel
public import Netlink
public import SystemPackage

/// The host that a reading verb reads: its files, and what its kernel says over netlink.
public struct Host: Sendable {
    public let root: HostRoot
    public let netlink: any NetlinkSource
    /// What verbs keep of others that they ask.
    public let documents: KeptDocuments

    public init(_ root: HostRoot, netlink: any NetlinkSource, documents: KeptDocuments = .live) {
        self.root = root
        self.netlink = netlink
        self.documents = documents
    }

    /// Whether the kernel may be asked for a part of a list. A recording has the answer to the question for all, so that is what is
    /// asked while one is made and of one: what is wanted is chosen afterwards.
    public var takesFilters: Bool { netlink is LiveNetlink }

    /// This machine, in the network namespace of the thread that asks.
    public static let live = Host(.live, netlink: LiveNetlink())

    /// A directory tree, which has no netlink. `/` is this machine.
    public init(directory: FilePath) {
        self = directory == "/" ? .live : Host(HostRoot(directory: directory), netlink: AbsentNetlink(.directory))
    }
}
