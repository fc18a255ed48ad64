internal import Kernel

/// Many requests to send in few calls; the kernel answers each for itself.
///
/// The kernel works through all of them whatever becomes of one: a batch is no transaction.
public struct NetlinkBatch: Sendable {
    /// Messages one after the other; sequence numbers and port ids are filled in when they are sent.
    @usableFromInline var writer = MessageWriter()
    /// Where each message begins.
    private(set) var starts: [Int] = []

    public init() {}

    /// The number of requests.
    public var count: Int { starts.count }
    public var isEmpty: Bool { starts.isEmpty }

    /// Forgets all requests, and keeps the room.
    public mutating func removeAll() {
        writer.removeAll()
        starts.removeAll(keepingCapacity: true)
    }

    /// Adds a request. Throws where an attribute of it is longer than its length field can say.
    public mutating func append(_ request: NetlinkRequest) throws(NetlinkError) {
        let start = writer.bytes.count
        try request.encode(into: &writer, sequence: 0, port: 0)
        starts.append(start)
    }

    /// Adds a request that `content` writes in place, fixed header first: nothing is allocated but the batch's own room.
    @inlinable
    package mutating func append(
        type: UInt16, flags: NetlinkFlags, _ content: (inout MessageWriter) -> Void
    ) {
        let start = open(type: type, flags: flags)
        content(&writer)
        close(start)
    }

    @usableFromInline
    mutating func open(type: UInt16, flags: NetlinkFlags) -> Int {
        writer.startMessage(type: type, flags: flags.union(.request), sequence: 0, port: 0)
    }

    @usableFromInline
    mutating func close(_ start: Int) {
        writer.finishMessage(at: start)
        starts.append(start)
    }

    /// Where the message of that number ends.
    func end(of index: Int) -> Int { index + 1 < starts.count ? starts[index + 1] : writer.bytes.count }

    /// A message's type.
    func type(of index: Int) -> UInt16 {
        var cursor = ByteCursor(at: starts[index] + 4)
        // SAFETY: bytes have no padding, so all of them are set.
        return cursor.load(unsafe writer.bytes.span.bytes) ?? 0
    }

    /// What follows a message's nlmsghdr.
    func body(of index: Int) -> [UInt8] {
        Array(writer.bytes[min(starts[index] + NetlinkMessage.headerSize, end(of: index))..<end(of: index)])
    }

    /// The last of the messages from `first` on that one datagram may carry: `limits` are messages and bytes.
    func lastOfPiece(from first: Int, limits: (messages: Int, bytes: Int)) -> Int {
        var last = first
        while last + 1 < count, last + 1 - first < limits.messages,
            end(of: last + 1) - starts[first] <= limits.bytes
        { last += 1 }
        return last
    }

    /// Fills in the sequence numbers from `sequence` on, our port id, and an acknowledgement asked of the last.
    mutating func address(_ messages: ClosedRange<Int>, from sequence: UInt32, port: UInt32) {
        for index in messages {
            let start = starts[index]
            writer.set(sequence &+ UInt32(truncatingIfNeeded: index - messages.lowerBound), at: start + 8)
            writer.set(port, at: start + 12)
        }
        writer.setFlags(at: starts[messages.upperBound]) { $0.union(.acknowledge) }
    }

    func datagram(_ messages: ClosedRange<Int>) -> [UInt8] {
        Array(writer.bytes[starts[messages.lowerBound]..<end(of: messages.upperBound)])
    }
}

/// What became of a batch.
public struct BatchOutcome: Hashable, Sendable {
    /// A request that the kernel refused.
    public struct Failure: Hashable, Sendable {
        /// Its place in the batch.
        public let index: Int
        public let error: NetlinkError
    }

    /// How many requests the batch had.
    public let count: Int
    /// How many of them, from the first on, the kernel has worked through. All of them, unless ``interruption`` says why not.
    public internal(set) var processed = 0
    /// Those that it refused, in their order.
    public internal(set) var failures: [Failure] = []
    /// Answers were lost (ENOBUFS): beside ``failures`` others among the processed may have been refused.
    public internal(set) var isUncertain = false
    /// Why the batch ended early: the deadline, or a failure of the socket. Requests from ``processed`` on may or may not have been
    /// worked through, those of the pieces that were not sent were not.
    public internal(set) var interruption: NetlinkError?

    /// All were worked through, and none refused.
    public var isSuccess: Bool { processed == count && failures.isEmpty && !isUncertain && interruption == nil }
}
