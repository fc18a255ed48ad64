internal import Documents
package import Kernel
internal import SystemPackage

/// What host and guest say to each other on the agent's port: a mark, two lengths, a JSON head, raw bytes.
package struct AgentFrame: Sendable {
    package var head: JSONHead
    package var payload: [UInt8]

    /// The head: a request has `operation`, an answer has `status` or `failure`.
    package struct JSONHead: Codable, Hashable, Sendable {
        /// `run`, `put`, `get`.
        package var operation: String?
        package var arguments: [String]?
        package var path: String?
        package var mode: UInt32?
        /// The exit status; 128 + the signal where one ended it.
        package var status: Int32?
        /// Of the payload, what is standard output; the rest is standard error.
        package var outputLength: Int?
        package var failure: String?
        package init() {}
    }

    package init(head: JSONHead, payload: [UInt8] = []) {
        self.head = head
        self.payload = payload
    }

    private static let mark: [UInt8] = Array("SWAG".utf8)
    private static let limit = 64 << 20

    /// A stream that carries frames, each operation with a deadline.
    package struct Stream: ~Copyable {
        private let descriptor: OwnedDescriptor
        private var buffer: [UInt8] = []

        package init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = consume descriptor }

        package mutating func write(_ frame: AgentFrame) throws {
            let head = Array(try JSONText.encode(frame.head, as: .line).utf8)
            func length(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }
            try descriptor.writeAll(
                AgentFrame.mark + length(head.count) + length(frame.payload.count) + head + frame.payload)
        }

        /// nil at the deadline. What precedes a mark is thrown away: the rest of a frame whose reader was killed.
        package mutating func read(until deadline: Deadline, wait: (Int32, Deadline) -> Bool) throws -> AgentFrame? {
            while true {
                if let frame = try parsed() { return frame }
                guard wait(descriptor.rawValue, deadline) else { return nil }
                let piece = try descriptor.readOnce(limit: 1 << 16)
                if piece.isEmpty { throw OSError(operation: "read", errno: .brokenPipe, subject: "agent") }
                buffer += piece
            }
        }

        private mutating func parsed() throws -> AgentFrame? {
            while buffer.count >= 12 {
                guard buffer.starts(with: AgentFrame.mark) else {
                    buffer.removeFirst()
                    continue
                }
                func length(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(buffer[at + $1]) << (8 * $1) } }
                let (head, payload) = (length(4), length(8))
                guard head <= 1 << 20, payload <= AgentFrame.limit else {
                    buffer.removeFirst()
                    continue
                }
                guard buffer.count >= 12 + head + payload else { return nil }
                let decoded = try JSONText.decode(JSONHead.self, from: Array(buffer[12..<12 + head]))
                let body = Array(buffer[12 + head..<12 + head + payload])
                buffer.removeFirst(12 + head + payload)
                return AgentFrame(head: decoded, payload: body)
            }
            return nil
        }
    }
}
