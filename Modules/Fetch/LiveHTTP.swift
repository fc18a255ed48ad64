public import Kernel
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// HTTP/1.1 over TCP or TLS: one connection a request, no redirect followed, no proxy asked.
///
/// A request ends at its deadline whatever the peer does, and its socket is closed before `send` returns. A
/// cancelled task ends its request at once, as `.connectionLost`. Requests may run side by side, for example one a link.
public struct LiveHTTP: HTTPTransport {
    /// What an answer's head, or its trailer, may have. In bytes; each field counts for 32 at least, so that the limit is
    /// one of their number too.
    public let headLimit: Int

    /// A transport with that limit, which is brought into 1 KiB…1 MiB.
    public init(headLimit: Int = 32 << 10) { self.headLimit = min(max(headLimit, 1 << 10), 1 << 20) }

    // One thread for all requests of the process, made by the first of them and never ended: a request has one small
    // answer. NIO's own singleton would start a thread a core. NIO traps where the thread or its epoll cannot be had, so
    // nothing of this belongs in PID 1.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// One request, one answer. See `FetchError.Kind` for what is thrown when.
    public func send(_ request: HTTPRequest, deadline: Deadline) async throws(FetchError) -> HTTPResponse {
        let url = request.url
        guard request.isSayable else { throw FetchError(.invalidRequest, url: url) }
        if deadline.hasPassed { throw FetchError(.timedOut, url: url) }
        let destinations = try await destinations(of: request, until: deadline)
        var tls: NIOSSLContext?
        if let trust = request.endpoint.tls {
            do {
                tls = try await WorkerThread.run { try trust.context() }
            } catch {
                throw FetchError((error as? FetchError)?.kind ?? .untrusted("\(error)"), url: url)
            }
        }
        var last = FetchError(.timedOut, url: url)
        for (index, destination) in destinations.enumerated() {
            // A name's addresses share the time, so that one that swallows everything leaves the others some.
            let share = deadline.remaining / (destinations.count - index)
            do throws(FetchError) {
                return try await send(
                    request, to: destination, by: tls, deadline: Deadline(in: share).earlier(deadline))
            } catch {
                last = error
                switch error.kind {
                case .cannotConnect, .timedOut: continue
                default: throw error
                }
            }
        }
        throw last
    }

    private func destinations(
        of request: HTTPRequest, until deadline: Deadline
    ) async throws(FetchError) -> [SocketAddress] {
        let endpoint = request.endpoint
        guard endpoint.isName else {
            guard let address = try? SocketAddress(ipAddress: endpoint.address, port: endpoint.port) else {
                throw FetchError(.invalidRequest, url: request.url)
            }
            return [address]
        }
        switch await NameResolution.addresses(of: endpoint.address, port: endpoint.port, until: deadline) {
        case .addresses(let addresses): return addresses
        case .failed(let kind): throw FetchError(kind, url: request.url)
        }
    }

    private func send(
        _ request: HTTPRequest, to destination: SocketAddress, by tls: NIOSSLContext?, deadline: Deadline
    ) async throws(FetchError) -> HTTPResponse {
        let url = request.url
        let loop = Self.group.any()
        let answer = loop.makePromise(of: Exchange.Outcome.self)
        let exchange = NIOLoopBoundBox.makeBoxSendingValue(
            Exchange(request, headLimit: headLimit, tls: tls, answer: answer), as: Exchange.self, eventLoop: loop)
        // The promise is of a result, for a future's own failure has no type.
        let result = await withTaskCancellationHandler {
            loop.execute { exchange.value.start(to: destination, on: loop, deadline: deadline) }
            return try? await answer.futureResult.get()
        } onCancel: {
            loop.execute { exchange.value.fail(.connectionLost) }
        }
        guard let result else { throw FetchError(.connectionLost, url: url) }
        return try result.get()
    }
}

extension HTTPRequest {
    /// Whether the request can be said in HTTP. Tokens, for one, are foreign text, and one that has a
    /// line's end in it would be a second field.
    fileprivate var isSayable: Bool {
        guard path.utf8.first == 0x2f, path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            headers.allSatisfy({ $0.name.isToken && $0.value.isFieldValue })
        else { return false }
        // NIO traps on a port that is no UInt16, and reads an address only as far as a zero in it.
        let ports = 1...65_535
        return ports.contains(endpoint.port)
            && sourcePorts.map { ports.contains($0.lowerBound) && ports.contains($0.upperBound) } ?? true
            && !endpoint.address.utf8.contains(0)
    }
}

extension String {
    /// RFC 9110, 5.6.2.
    fileprivate var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// RFC 9110, 5.5: no control characters but the tab.
    fileprivate var isFieldValue: Bool { utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == 0x09 } }
}
