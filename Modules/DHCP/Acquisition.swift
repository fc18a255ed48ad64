package import Kernel

/// INIT, SELECTING and REQUESTING of RFC 2131, section 4.4: the decisions without clock or socket.
///
/// Its driver sends what it is told, waits until `nextSend` and passes on what arrives.
package struct Acquisition {
    /// What the driver does next.
    package enum Step: Hashable {
        case wait
        case send
        case bound(Lease)
    }

    private enum State: Hashable {
        /// Discovering, or pausing before it.
        case selecting
        case requesting(offer: DHCPv4Message, server: IPv4Address)
    }

    private let client: DHCPv4Client.Identity
    private let start: MonotonicTime
    private var state = State.selecting
    private var random: SplitMix
    /// xid of what is on its way.
    package private(set) var transaction: UInt32
    /// When the driver is to send (again).
    package private(set) var nextSend: MonotonicTime
    private var sendsInState = 0
    private var refusals = 0
    private var secondsOfDiscover: UInt16 = 0
    private var lastSend: MonotonicTime
    /// For the error, if it comes to one.
    package private(set) var progress = DHCPError.Progress.noOffer
    package private(set) var serverMessage: String?

    /// Sends of a request before discovery starts anew: 4 + 8 + 16 + 32 seconds (RFC 2131, section 3.1).
    private static let requestsPerOffer = 4

    package init(_ client: DHCPv4Client.Identity, seed: UInt64, now: MonotonicTime) {
        self.client = client
        random = SplitMix(state: seed)
        start = now
        nextSend = now
        lastSend = now
        transaction = UInt32(truncatingIfNeeded: random.next())
    }

    /// The message that is due at `now`, and the time of the next.
    package mutating func send(at now: MonotonicTime) -> DHCPv4Message {
        if case .requesting = state, sendsInState >= Self.requestsPerOffer { restart(at: now) }
        let delay = Duration.seconds(4 << min(sendsInState, 4))
        // ±1 s, so that a rack that got its power back does not ask in step.
        nextSend = now.advanced(by: delay + .milliseconds(Int64(random.next() % 2001) - 1000))
        sendsInState += 1
        lastSend = now
        switch state {
        case .selecting:
            secondsOfDiscover = UInt16(clamping: now.since(start).components.seconds)
            var message = message(.discover)
            message.options[.rapidCommit] = []
            return message
        case .requesting(let offer, let server):
            var message = message(.request)
            message.options[.requestedAddress] = offer.yourAddress.bytes
            message.options[.serverIdentifier] = server.bytes
            return message
        }
    }

    /// Takes back the last send, which never left: the link has no carrier yet, as for a moment after it was set up.
    package mutating func couldNotSend(at now: MonotonicTime) {
        sendsInState -= 1
        nextSend = now.advanced(by: .milliseconds(100))
    }

    /// What a message that arrived at `now` means.
    package mutating func receive(_ message: DHCPv4Message, at now: MonotonicTime) -> Step {
        guard message.operation == .reply, message.transaction == transaction, sendsInState > 0,
            message.hardwareAddress == client.hardwareAddress,
            let server = message.options.address(.serverIdentifier), server.isUsableByHost
        else { return .wait }
        switch (state, message.type) {
        case (.selecting, .offer):
            guard message.yourAddress.isUsableByHost else { return .wait }
            state = .requesting(offer: message, server: server)
            sendsInState = 0
            progress = .noAcknowledgement(from: server)
            nextSend = now
            return .send
        case (.selecting, .acknowledgement):
            // Unasked for but for rapid commit (RFC 4039, section 3.1).
            guard message.options[.rapidCommit] != nil, let lease = Lease(message, start: lastSend) else {
                return .wait
            }
            return .bound(lease)
        case (.requesting(_, let chosen), .acknowledgement):
            guard server == chosen, let lease = Lease(message, start: lastSend) else { return .wait }
            return .bound(lease)
        case (.requesting(_, let chosen), .refusal):
            guard server == chosen else { return .wait }
            progress = .refused(by: server)
            serverMessage = message.options.words(.message)
            restart(at: now)
            // A server that goes on refusing is not to be asked in a loop.
            nextSend = now.advanced(by: .seconds(1 << min(refusals, 6)))
            refusals += 1
            return .wait
        default: return .wait
        }
    }

    /// Back to INIT: a new transaction, so that late answers to the old one mean nothing.
    private mutating func restart(at now: MonotonicTime) {
        state = .selecting
        sendsInState = 0
        transaction = UInt32(truncatingIfNeeded: random.next())
        nextSend = now
    }

    private func message(_ type: DHCPv4Message.MessageType) -> DHCPv4Message {
        // A request says the `secs` of the discovery that it follows (RFC 2131, section 4.4.1).
        var message = DHCPv4Message(
            .request, transaction: transaction, hardwareAddress: client.hardwareAddress, seconds: secondsOfDiscover)
        message.type = type
        message.options[.clientIdentifier] = client.identifier.bytes
        message.options[.maximumMessageSize] = bigEndian(DHCPv4Client.maximumMessageSize)
        message.options[.vendorClass] = Array("slipway".utf8)
        if let name = client.hostName { message.options[.hostName] = Array(name.utf8.prefix(255)) }
        message.options[.parameterRequestList] = wanted.map { $0.rawValue }
        return message
    }

    /// Option 55. Classless routes come before what they void (RFC 3442); a host name is not asked for while one is sent.
    private var wanted: [DHCPv4Options.Code] {
        let always: [DHCPv4Options.Code] = [
            .subnetMask, .classlessRoutes, .microsoftClasslessRoutes, .router, .staticRoute, .nameServer, .domainName,
            .interfaceMTU, .broadcastAddress, .timeServer, .leaseTime, .renewalTime, .rebindingTime, .domainSearch,
        ]
        return client.hostName == nil ? always + [.hostName] : always
    }
}

/// Steele, Lea and Flood's generator: repeatable from its seed, which is all that jitter and transaction ids want.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
