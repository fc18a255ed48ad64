import Fetch
import Kernel
import TestSupport
import Testing

@Suite("LiveHTTP and arbitrary bytes")
struct LiveHTTPFuzzTests {
    private static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\ni-0123456789abcdef0",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
            + "4;a=b\r\nbody\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
    ].map { Array($0.utf8) }

    @Test("no prefix of an answer is taken for the whole", arguments: answers)
    func prefixes(_ answer: [UInt8]) async throws {
        let server = try RawServer(inTurn: answer.indices.map { [.readHead, .send(Array(answer.prefix($0)))] })
        for length in answer.indices {
            let result = await fetch(HTTPRequest(.get, .local(server.port), "/", bodyLimit: 1000))
            #expect(result.kind == .connectionLost, "\(length) bytes: \(result)")
        }
    }

    @Test("an answer byte by byte is the answer")
    func byteByByte() async throws {
        for answer in Self.answers {
            let steps = answer.map { RawServer.Step.trickle([$0], times: 1, every: .microseconds(200)) }
            let server = try RawServer([.readHead] + steps)
            let result = await fetch(HTTPRequest(.get, .local(server.port), "/", bodyLimit: 1000))
            #expect([200, 404].contains(try result.get().status))
        }
    }

    @Test("changed bytes make an answer or a typed error within the deadline, never a trap")
    func mutations() async throws {
        var random = SeededGenerator(seed: 20_261_123)
        let special = Array("\r\n:; \t\0%HTTP/1.0129aAzZ\u{7f}".utf8) + [0x80, 0xff]
        let mutated = (0..<600).map { index in
            var bytes = Self.answers[index % 2]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = special.randomElement(using: &random) ?? 0
                case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 2: bytes.remove(at: place)
                default: bytes.insert(special.randomElement(using: &random) ?? 0, at: place)
                }
            }
            return bytes
        }
        let server = try RawServer(inTurn: mutated.map { [.readHead, .send($0)] })
        for bytes in mutated {
            let result = await fetch(HTTPRequest(.get, .local(server.port), "/", bodyLimit: 1000), within: .seconds(5))
            switch result {
            case .success(let answer): #expect((100...999).contains(answer.status))
            case .failure(let error):
                let expected: [FetchError.Kind] = [.malformed, .connectionLost, .tooLarge(limit: 1000)]
                #expect(expected.contains(error.kind), "\(error.kind): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
