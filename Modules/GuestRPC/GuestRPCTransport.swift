public import Kernel

/// Carries one command to the host and its reply back: VMware, or a recording that stands for it.
public protocol GuestRPCTransport: Sendable {
    /// The channel by which the last reply came; nil before the first, and of what is no channel.
    var channel: GuestRPCChannel? { get }

    /// Sends one RPCI command, and answers with the reply as it came: `1 ` or `0 ` and what follows.
    ///
    /// Several threads may ask; each waits for its turn, and no longer than its deadline.
    ///
    /// - Parameters:
    ///   - request: as the host takes it: `info-get guestinfo.metadata`. At most ``GuestRPCLimits/request`` bytes.
    ///   - deadline: when it ends whatever happens; one that has passed sends nothing.
    func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8]

    /// Gives the channel back to the host, which has eight for all of the machine. The next exchange opens one again.
    func close()
}

extension GuestRPCTransport {
    public func close() {}
}

/// The ways to the host, in the order in which they are tried.
public enum GuestRPCChannel: String, Hashable, Sendable, CaseIterable, Codable {
    /// A stream socket to context id 0, port 976.
    case vsock
    /// The I/O port 0x5659, which takes a message at once.
    case highBandwidth = "high-bandwidth"
    /// The I/O port 0x5658, four bytes at a time.
    case lowBandwidth = "low-bandwidth"
}

/// The most that is sent and taken.
public struct GuestRPCLimits: Hashable, Sendable {
    /// Bytes of a command: what the host takes at most (GUESTMSG_MAX_IN_SIZE of open-vm-tools' guest_msg_def.h).
    public static let request = 65_536

    /// Bytes of a whole reply. The host's own limit for all guestinfo values together is 1 MiB unless its owner raises it
    /// (`tools.setInfo.sizeLimit`); values that were set on the host are not bound by it.
    public var reply: Int

    public init(reply: Int = 4 << 20) { self.reply = max(2, reply) }

    /// Throws where `request` is over the limit or has nothing in it.
    static func check(_ request: [UInt8]) throws(GuestRPCError) {
        if request.isEmpty { throw GuestRPCError(.unsendable(.empty), operation: "send") }
        if request.count > Self.request {
            throw GuestRPCError(.tooLarge(limit: Self.request), operation: "send")
        }
    }
}
