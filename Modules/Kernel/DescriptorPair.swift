internal import CKernel
internal import Glibc
internal import SystemPackage

/// Two connected descriptors, given out one by one; what is not taken is closed.
public struct DescriptorPair: ~Copyable {
    private var first: OwnedDescriptor?
    private var second: OwnedDescriptor?

    private init(_ pair: [Int32]) {
        first = OwnedDescriptor(adopting: pair[0])
        second = OwnedDescriptor(adopting: pair[1])
    }

    /// AF_UNIX sockets of `type` (`SOCK_STREAM`, `SOCK_SEQPACKET`), both close-on-exec.
    public static func sockets(type: Int32) throws(OSError) -> DescriptorPair {
        var pair: [Int32] = [-1, -1]
        // SAFETY: socketpair fills the two elements that the array has.
        try systemCall("socketpair") { unsafe socketpair(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) }
        return DescriptorPair(pair)
    }

    /// A pipe, both ends close-on-exec: the first is read, the second written.
    public static func pipe() throws(OSError) -> DescriptorPair {
        var pair: [Int32] = [-1, -1]
        // SAFETY: sw_pipe fills the two elements that the array has.
        try systemCall("pipe2") { unsafe sw_pipe(&pair) }
        return DescriptorPair(pair)
    }

    /// The one end; throws EBADF when it was taken before.
    public mutating func takeFirst() throws(OSError) -> OwnedDescriptor {
        guard let end = first.take() else { throw OSError(operation: "take", errno: .badFileDescriptor) }
        return end
    }

    /// The other end; throws EBADF when it was taken before.
    public mutating func takeSecond() throws(OSError) -> OwnedDescriptor {
        guard let end = second.take() else { throw OSError(operation: "take", errno: .badFileDescriptor) }
        return end
    }
}
