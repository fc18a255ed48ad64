internal import CKernel
public import Kernel
internal import SystemPackage

/// Gets IPv4 leases for one link (RFC 2131). It touches neither addresses nor routes: what is done with a lease is the caller's.
public struct DHCPv4Client: Sendable {
    /// Who asks.
    package struct Identity: Hashable, Sendable {
        let hardwareAddress: MACAddress
        let identifier: ClientIdentifier
        let hostName: String?

        package init(hardwareAddress: MACAddress, identifier: ClientIdentifier, hostName: String?) {
            self.hardwareAddress = hardwareAddress
            self.identifier = identifier
            self.hostName = hostName
        }
    }

    static let serverPort: UInt16 = 67
    static let clientPort: UInt16 = 68
    /// Option 57: what an Ethernet frame of ours takes, without the headers of IP and UDP.
    static let maximumMessageSize: UInt16 = 1472

    private let identity: Identity
    private let transport: any DHCPv4Transport

    /// A client over `transport`.
    ///
    /// - Parameters:
    ///   - hostname: sent as option 12; then none is asked for. Nil or empty: asked for.
    ///   - clientIdentifier: option 61; nil for one by the MAC address.
    public init(
        _ transport: any DHCPv4Transport, mac: MACAddress, hostname: String? = nil,
        clientIdentifier: ClientIdentifier? = nil
    ) {
        self.transport = transport
        identity = Identity(
            hardwareAddress: mac, identifier: clientIdentifier ?? .hardwareAddress(mac),
            hostName: hostname.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// Acquires a lease on a link that is up, over a packet socket in the thread's network namespace.
    ///
    /// It blocks until there is a lease or `deadline` strikes, which is a ``DHCPError/Kind/timedOut(_:)``.
    public static func acquire(
        interfaceIndex: Int32, mac: MACAddress, hostname: String? = nil, clientIdentifier: ClientIdentifier? = nil,
        deadline: Deadline
    ) throws(DHCPError) -> Lease {
        try DHCPv4Client(
            PacketSocket.open(interfaceIndex: interfaceIndex), mac: mac, hostname: hostname,
            clientIdentifier: clientIdentifier
        ).acquire(until: deadline)
    }

    /// Acquires a lease: discover, offer, request, acknowledgement, with retransmission (RFC 2131, section 4.1).
    public func acquire(until deadline: Deadline) throws(DHCPError) -> Lease {
        var acquisition = Acquisition(identity, seed: sw_random_seed(), now: .now())
        var transaction: UInt32?
        var hasSent = false
        while !deadline.hasPassed {
            // Before each receive: a flood of replies must not keep us from sending.
            if MonotonicTime.now() >= acquisition.nextSend {
                let message = acquisition.send(at: .now())
                if transaction != message.transaction {
                    transaction = message.transaction
                    try transport.listen(transaction: message.transaction, hardwareAddress: identity.hardwareAddress)
                }
                if try !broadcast(message, isFirst: !hasSent) { acquisition.couldNotSend(at: .now()) }
                hasSent = true
            }
            guard let packet = try transport.receive(until: deadline.earlier(Deadline(at: acquisition.nextSend))),
                let message = reply(in: packet)
            else { continue }
            if case .bound(let lease) = acquisition.receive(message, at: .now()) { return lease }
        }
        throw DHCPError(
            .timedOut(acquisition.progress), operation: "acquire", subject: "lease for \(identity.hardwareAddress)",
            errno: .timedOut, serverMessage: acquisition.serverMessage)
    }

    /// Whether it left. A link that is down is an error at once; later it may come back, as one without carrier or with a full
    /// queue may from the start.
    private func broadcast(_ message: DHCPv4Message, isFirst: Bool) throws(DHCPError) -> Bool {
        let packet = UDPPacket(
            source: .any, destination: .broadcast, sourcePort: Self.clientPort, destinationPort: Self.serverPort,
            payload: message.encoded)
        do throws(DHCPError) {
            try transport.broadcast(packet.encoded)
            return true
        } catch  where error.errno == .noBufferSpace || error.errno == .resourceTemporarilyUnavailable {
            return false
        } catch  where !isFirst && (error.errno == .networkDown || error.errno == .networkUnreachable) {
            return false
        }
    }

    /// The message in a packet; nil for what is none, as anything may be on a link.
    private func reply(in packet: ReceivedPacket) -> DHCPv4Message? {
        guard let datagram = try? UDPPacket(decoding: packet.bytes, checksumIsPartial: packet.checksumIsPartial),
            datagram.destinationPort == Self.clientPort
        else { return nil }
        return try? DHCPv4Message(decoding: datagram.payload)
    }
}
