import Dispatch
import Driver
import Fetch
import Kernel

/// A server's answer through the live client, over a socket. The first byte says how it comes: in one piece or cut in two (where, says
/// the second byte), ended or reset. It always ends, so that a request which runs into its deadline hangs; what is taken for an answer
/// keeps every limit.
@main
enum HTTPAnswers {
    private static let server = AnswerServer()
    private static let bodyLimit = 4096
    private static let headLimit = 1024

    static func main() {
        fuzz { start, count in
            let input = bytes(start, count)
            guard input.count >= 2 else { return 0 }
            let answer = Array(input.dropFirst(2))
            let cut = input[0] & 2 == 0 ? answer.count : answer.count * Int(input[1]) / 256
            HTTPAnswers.check(
                AnswerServer.Script(
                    pieces: [Array(answer[..<cut]), Array(answer[cut...])], isReset: input[0] & 1 == 1))
            return 0
        }
    }

    private static func check(_ script: AnswerServer.Script) {
        server.enqueue(script)
        switch outcome(of: script) {
        case .success(let response):
            if !(200...999).contains(response.status) { fatalError("status \(response.status)") }
            if response.body.count > bodyLimit { fatalError("a body of \(response.body.count)") }
            // A byte that is no UTF-8 becomes one scalar, of three bytes.
            let head = response.headers.reduce(0) { $0 + $1.name.unicodeScalars.count + $1.value.unicodeScalars.count }
            if head > headLimit { fatalError("a head of \(head)") }
            // Nothing can be whole that was not sent.
            let sent = script.pieces.reduce(0) { $0 + $1.count }
            if head + response.body.count > sent { fatalError("more than was sent") }
            for field in response.headers where field.name.isEmpty || field.value.utf8.contains(where: isLineEnd) {
                fatalError("a field that is none: \(field)")
            }
        case .failure(let error):
            switch error.kind {
            case .malformed, .connectionLost, .tooLarge: break
            case .timedOut: fatalError("it hangs")
            case .cannotConnect, .cannotBind, .invalidRequest, .cannotResolve, .untrusted, .noTLS:
                fatalError("not of the answer: \(error)")
            }
            if error.description.utf8.count > 1024 { fatalError("the error says too much") }
        }
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d || byte == 0 }

    private static func outcome(of script: AnswerServer.Script) -> Result<HTTPResponse, FetchError> {
        let done = DispatchSemaphore(value: 0)
        let outcome = Monitor<Result<HTTPResponse, FetchError>?>(nil)
        let request = HTTPRequest(
            .get, HTTPEndpoint(address: "127.0.0.1", port: server.port), "/", bodyLimit: bodyLimit)
        Task.detached {
            do throws(FetchError) {
                let response = try await LiveHTTP(headLimit: headLimit).send(
                    request, deadline: Deadline(in: .seconds(3)))
                outcome.with { $0 = .success(response) }
            } catch {
                outcome.with { $0 = .failure(error) }
            }
            done.signal()
        }
        done.wait()
        return outcome.with { $0 } ?? .failure(FetchError(.timedOut, url: request.url))
    }
}
