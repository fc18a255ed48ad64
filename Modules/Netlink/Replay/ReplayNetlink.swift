public import Kernel
internal import Synchronization

/// Netlink that answers from a capture, and never waits.
///
/// A request is known by its bytes, but for sequence numbers and port ids. Asked again, it is answered as it was the next time
/// that it was recorded; the last answer repeats. Where a whole answer of a request is recorded, those that broke off (a lost
/// datagram, one that did not fit) are left out. What no request asked for is a notification: ``notifications(_:)`` plays those.
///
/// What was never recorded is ``NetlinkError/Kind-swift.enum/unrecorded(_:)``, and ``unanswered`` lists it, because a caller may
/// take any failure for an empty answer.
public final class ReplayNetlink: NetlinkSource {
    private struct State {
        var next: [RecordedExchange.Key: Int] = [:]
        var ports: UInt32 = 0
        var unanswered: [String] = []
        /// Of the families whose notifications are played, the last request that was answered or that a notification came after.
        var reached: [NetlinkSocket.Family: Int] = [:]
    }

    private let exchanges: [RecordedExchange.Key: [RecordedExchange]]
    private let notifications: [RecordedNotification]
    private let state = Mutex(State())

    /// Throws where the messages are in the other byte order.
    public init(_ capture: NetlinkCapture) throws(NetlinkError) {
        if capture.isForeignByteOrder {
            throw NetlinkError(.malformed(.capture(.foreignByteOrder)), operation: "replay")
        }
        (exchanges, notifications) = Self.sorted(capture)
    }

    /// What was asked for and is not in the capture, in words, each once, in the order of asking.
    public var unanswered: [String] { state.withLock { $0.unanswered } }

    public func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport {
        transport(family)
    }

    /// The same, by its type.
    public func transport(_ family: NetlinkSocket.Family) -> ReplayTransport {
        let port = state.withLock { state in
            // Port ids as a process that has none of the kernel's: each transport another.
            state.ports = state.ports == .max ? 1 : state.ports + 1
            return state.ports
        }
        return ReplayTransport(self, family, port: port)
    }

    /// A transport that plays the recorded notifications of a family from the first on: what a socket that took part in groups received.
    ///
    /// From here on the family's recording is a kernel whose time goes forward. A request is answered as it was the next time after all
    /// that was answered or received before; if it was never asked again, as it was the last time. A notification that came after an
    /// answer is held back until that one or a later one was given, so that it falls between the same dumps; where the receiver waits
    /// instead of asking, it comes at once. After the last one there is silence.
    public func notifications(_ family: NetlinkSocket.Family) -> ReplayNotifications {
        state.withLock { $0.reached[family] = $0.reached[family] ?? 0 }
        return ReplayNotifications(self, family, notifications.filter { $0.family == family })
    }

    /// Which recorded request of `family` has been reached.
    func reached(_ family: NetlinkSocket.Family) -> Int { state.withLock { $0.reached[family] ?? 0 } }

    /// A notification was received that came after so many requests.
    func reach(_ ordinal: Int, _ family: NetlinkSocket.Family) {
        state.withLock { $0.reached[family] = max($0.reached[family] ?? 0, ordinal) }
    }

    /// The next recorded answer to `datagram`, addressed to `port`.
    fileprivate func answers(
        to request: MaskedRequest, _ family: NetlinkSocket.Family, port: UInt32
    ) throws(NetlinkError) -> [[UInt8]] {
        let key = RecordedExchange.Key(family: family, bytes: request.bytes)
        guard let recorded = exchanges[key], !recorded.isEmpty else { throw missing(request.words(family)) }
        let position = state.withLock { state in
            var position = state.next[key, default: 0]
            if let reached = state.reached[family] {
                position = recorded[position...].firstIndex { $0.ordinal > reached } ?? recorded.count - 1
                state.reached[family] = max(reached, recorded[position].ordinal)
            }
            state.next[key] = min(position + 1, recorded.count - 1)
            return position
        }
        return recorded[position].answers(to: request.sequences, port: port)
    }

    func missing(_ words: String) -> NetlinkError {
        state.withLock { state in
            if !state.unanswered.contains(words) { state.unanswered.append(words) }
        }
        return NetlinkError(.unrecorded(words), operation: "replay")
    }

    private static func sorted(
        _ capture: NetlinkCapture
    ) -> (exchanges: [RecordedExchange.Key: [RecordedExchange]], notifications: [RecordedNotification]) {
        var all: [RecordedExchange] = []
        var notifications: [RecordedNotification] = []
        var asked: [NetlinkSocket.Family: Int] = [:]
        // Who may be answered by a datagram: the last exchanges of each sequence number, so that a long capture is no square.
        var bySequence: [UInt32: [Int]] = [:]
        for datagram in capture.datagrams {
            if let exchange = RecordedExchange(datagram, ordinal: (asked[datagram.family] ?? 0) + 1) {
                for sequence in Set(exchange.sequences) { bySequence[sequence, default: []].append(all.count) }
                all.append(exchange)
                asked[datagram.family, default: 0] += 1
                continue
            }
            guard datagram.direction == .toUser else { continue }
            var cursor = MessageHeaderCursor()
            // SAFETY: the span is of the array, which lives through the call; any byte is a byte.
            guard let first = unsafe cursor.next(datagram.bytes.span.bytes) else { continue }
            // The latest request of that number: sequence numbers come again. Of one number there may be some from several ports.
            let isAnswer = (bySequence[first.sequence] ?? []).reversed().prefix(64).contains { all[$0].take(datagram) }
            if !isAnswer {
                notifications.append(
                    RecordedNotification(
                        family: datagram.family, bytes: datagram.bytes, byteCount: datagram.byteCount,
                        requestsBefore: asked[datagram.family] ?? 0))
            }
        }
        let exchanges = Dictionary(grouping: all, by: \.key).mapValues { exchanges in
            exchanges.contains(where: \.isWhole) ? exchanges.filter(\.isWhole) : exchanges
        }
        return (exchanges, notifications)
    }
}

/// A transport that answers from a capture: see ``ReplayNetlink``, which makes it.
public final class ReplayTransport: NetlinkTransport {
    private struct State {
        var queue: [[UInt8]] = []
        /// Of the queue, what was delivered.
        var delivered = 0
        /// The last request, for words about answers that are missing.
        var request = "a request that was never sent"
    }

    private let recording: ReplayNetlink
    private let family: NetlinkSocket.Family
    public let port: UInt32
    private let state = Mutex(State())

    fileprivate init(_ recording: ReplayNetlink, _ family: NetlinkSocket.Family, port: UInt32) {
        self.recording = recording
        self.family = family
        self.port = port
    }

    /// Puts the recorded answers in line; throws `.unrecorded` where there are none of this request.
    public func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
        guard let request = MaskedRequest(datagram) else {
            throw recording.missing("\(datagram.count) bytes that are no request")
        }
        let answers = try recording.answers(to: request, family, port: port)
        state.withLock { state in
            state.queue.removeFirst(state.delivered)
            state.delivered = 0
            state.queue += answers
            state.request = request.words(family)
        }
    }

    /// The next recorded datagram, at once; throws `.unrecorded` where the recording has no more, for waiting would bring none.
    public func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
        let (next, request) = state.withLock { state -> ([UInt8]?, String) in
            guard state.delivered < state.queue.count else { return (nil, state.request) }
            defer { state.delivered += 1 }
            return (state.queue[state.delivered], "")
        }
        guard let next else { throw recording.missing("more than was recorded of \(request)") }
        return ReceivedDatagram(byteCount: buffer.take(next), sender: 0)
    }
}

extension [UInt8] {
    /// Takes `datagram` as recvfrom(2) with MSG_TRUNC does: as much of it as fits; answers with its true size.
    mutating func take(_ datagram: [UInt8]) -> Int {
        let fitting = Swift.min(count, datagram.count)
        replaceSubrange(0..<fitting, with: datagram[0..<fitting])
        return datagram.count
    }
}
