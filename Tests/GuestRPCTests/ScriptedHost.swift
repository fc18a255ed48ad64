import CKernel
import Glibc
import GuestRPC
import Kernel
import SystemPackage
import TestSupport

/// A host at the other end of a socket pair that does what its script says, on a thread of its own.
final class ScriptedHost: Sendable {
    enum Step: Sendable {
        /// Takes a packet and keeps its payload.
        case take
        case send([UInt8])
        /// The bytes one by one, each in a packet of the socket's own where it likes to make some.
        case trickle([UInt8])
        /// Until the guest closes.
        case wait
    }

    private struct State {
        var taken: [[UInt8]] = []
        var hasEnded = false
    }
    private let state = Monitor(State())

    /// The guest's end of the socket pair; whoever takes it closes it.
    let guest: Int32

    init(_ script: [Step]) throws {
        var pair = try DescriptorPair.sockets(type: Int32(SOCK_STREAM.rawValue))
        guest = try pair.takeFirst().release()
        let end = try pair.takeSecond().release()
        try WorkerThread.start { [self] in run(script, OwnedDescriptor(adopting: end)) }
    }

    /// The payloads of all packets, once the script is through.
    func taken() throws -> [[UInt8]] {
        guard let taken = state.wait(until: later, for: { $0.hasEnded ? $0.taken : nil }) else {
            throw OSError(operation: "script", errno: .timedOut)
        }
        return taken
    }

    private func run(_ script: [Step], _ end: consuming OwnedDescriptor) {
        for step in script {
            switch step {
            case .take: if let payload = Self.payload(from: end) { state.with { $0.taken.append(payload) } }
            case .send(let bytes): try? Self.send(bytes, to: end)
            case .trickle(let bytes): for byte in bytes { try? Self.send([byte], to: end) }
            case .wait: while let more = try? end.readOnce(limit: 4096), !more.isEmpty {}
            }
        }
        state.with { $0.hasEnded = true }
    }

    private static func send(_ bytes: [UInt8], to end: borrowing OwnedDescriptor) throws {
        var done = 0
        while done < bytes.count {
            // SAFETY: the rest of the array follows `done`, which is within it.
            done += try systemCall("send") {
                unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.send(end.rawValue, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
                }
            }
        }
    }

    /// The string of field 2, of a packet as our client sends it, read by its layout.
    private static func payload(from end: borrowing OwnedDescriptor) -> [UInt8]? {
        guard let head = exactly(4, from: end), let rest = exactly(head.reduce(0) { $0 << 8 | Int($1) }, from: end)
        else { return nil }
        let before: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2]
        guard rest.starts(with: before), rest.count >= 28,
            rest[24..<28].reduce(0, { $0 << 8 | Int($1) }) == rest.count - 28
        else { return nil }
        return Array(rest[28...])
    }

    private static func exactly(_ count: Int, from end: borrowing OwnedDescriptor) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let more = try? end.readOnce(limit: count - bytes.count), !more.isEmpty else { return nil }
            bytes += more
        }
        return bytes
    }
}

/// A packet of the host's, by the layout: the fields as they are given, then the length before them.
func packet(_ fields: [UInt8]...) -> [UInt8] {
    let content = fields.flatMap { $0 }
    return word(content.count) + content
}
func word(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
func numberField(_ id: Int, _ value: Int) -> [UInt8] { word(1) + word(id) + word(value) + word(value >> 32) }
func stringField(_ id: Int, _ value: [UInt8]) -> [UInt8] { word(2) + word(id) + word(value.count) + value }
