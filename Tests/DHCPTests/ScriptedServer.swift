import DHCP
import Kernel

/// A server of a test's own: it answers each message with packets.
final class ScriptedServer: DHCPv4Transport {
    struct State {
        var sent: [DHCPv4Message] = []
        var queue: [ReceivedPacket] = []
        var transactions: [UInt32] = []
    }

    private let state = Monitor(State())
    private let respond: @Sendable (DHCPv4Message, Int) -> [ReceivedPacket]

    /// `respond` gets each message and its number, from 1.
    init(_ respond: @escaping @Sendable (DHCPv4Message, Int) -> [ReceivedPacket]) { self.respond = respond }

    var sent: [DHCPv4Message] { state.with { $0.sent } }
    var transactions: [UInt32] { state.with { $0.transactions } }

    func listen(transaction: UInt32, hardwareAddress: MACAddress) throws(DHCPError) {
        state.with { $0.transactions.append(transaction) }
    }

    func broadcast(_ packet: [UInt8]) throws(DHCPError) {
        let datagram = try UDPPacket(decoding: packet)
        let message = try DHCPv4Message(decoding: datagram.payload)
        state.with {
            $0.sent.append(message)
            $0.queue += respond(message, $0.sent.count)
        }
    }

    func receive(until deadline: Deadline) throws(DHCPError) -> ReceivedPacket? {
        state.wait(until: deadline) { $0.queue.isEmpty ? nil : $0.queue.removeFirst() }
    }
}

let clientMAC = MACAddress(rawValue: 0x5254_0012_3456)
let serverAddress = IPv4Address(rawValue: 0x0a09_0001)

/// A good answer, of which a test spoils what it likes.
func answer(
    _ request: DHCPv4Message, _ type: DHCPv4Message.MessageType, server: IPv4Address = serverAddress,
    _ change: (inout DHCPv4Message) -> Void = { _ in }
) -> ReceivedPacket {
    var message = DHCPv4Message(.reply, transaction: request.transaction, hardwareAddress: request.hardwareAddress)
    message.yourAddress = type == .refusal ? .any : IPv4Address(rawValue: 0x0a09_0064)
    message.type = type
    message.options[.serverIdentifier] = server.bytes
    message.options[.subnetMask] = [255, 255, 255, 0]
    message.options[.leaseTime] = [0, 0, 14, 16]
    message.options[.router] = server.bytes
    change(&message)
    return packet(message.encoded)
}

/// A payload on its way to us.
func packet(_ payload: [UInt8]) -> ReceivedPacket {
    let datagram = UDPPacket(
        source: serverAddress, destination: .broadcast, sourcePort: 67, destinationPort: 68, payload: payload)
    return ReceivedPacket(bytes: datagram.encoded, checksumIsPartial: false)
}
