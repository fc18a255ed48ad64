internal import Glibc
internal import Kernel
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS
internal import SystemPackage

/// One request on one connection. Everything here happens on the event loop.
///
/// The answer is given when both are true: the outcome is known, and the channel is gone. So a caller that has an answer,
/// or an error, has no descriptor left behind it.
final class Exchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart
    typealias Outcome = Result<HTTPResponse, FetchError>

    private let request: HTTPRequest
    private let headLimit: Int
    private let tls: NIOSSLContext?
    private let answer: EventLoopPromise<Outcome>
    private var response: HTTPResponse?
    private var outcome: Outcome?
    private var channel: (any Channel)?
    private var timer: Scheduled<Void>?
    private var hasAnswered = false

    init(_ request: HTTPRequest, headLimit: Int, tls: NIOSSLContext?, answer: EventLoopPromise<Outcome>) {
        self.request = request
        self.headLimit = headLimit
        self.tls = tls
        self.answer = answer
    }

    /// Connects, and goes on by itself. A request that was cancelled before ends here.
    func start(to destination: SocketAddress, on loop: any EventLoop, deadline: Deadline) {
        if outcome != nil { return }
        // NIO's clock is CLOCK_MONOTONIC too. A year is for ever, and far from the end of its numbers.
        let left = TimeAmount.nanoseconds(min(deadline.remaining, .seconds(365 * 86_400)).inNanoseconds)
        let this = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(in: left) { this.value.fail(.timedOut) }
        ClientBootstrap(group: loop)
            .connectTimeout(left)  // without it NIO ends a connect after 10 s
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try this.value.prepare(channel) }.flatMap {
                    this.value.bind(channel)
                }.flatMap {
                    this.value.takeSourcePort(channel)
                }
            }
            .connect(to: destination)
            .whenFailure { this.value.fail(kind(ofConnect: $0)) }
    }

    private func prepare(_ channel: any Channel) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headLimit
        limits.maxHeaderListSize = headLimit
        limits.maxHeaderFieldCount = headLimit / 32
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
        // The decoder keeps nothing that it does not count (a status line without an end costs time, not memory); the
        // buffer's own limit holds should that change.
        let largest = headLimit + 65_536
        if let tls {
            // No SNI of an address (RFC 6066, section 3): the library then wants the connection's own in the certificate.
            let endpoint = request.endpoint
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(
                    context: tls, serverHostname: endpoint.isLiteral ? nil : endpoint.address))
        }
        try channel.pipeline.syncOperations.addHandlers([
            HTTPRequestEncoder(), ByteToMessageHandler(decoder, maximumBufferSize: largest), self,
        ])
    }

    /// SO_BINDTODEVICE takes a name in an array, for which NIO has no channel option.
    private func bind(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let interface = request.endpoint.interface else { return channel.eventLoop.makeSucceededVoidFuture() }
        // The kernel would cut a longer name, and take an empty one for "none".
        guard (1...15).contains(interface.utf8.count), let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(IOError(errnoCode: ENODEV, reason: "SO_BINDTODEVICE"))
        }
        var name: (UInt64, UInt64) = (0, 0)
        for (index, byte) in interface.utf8.enumerated() {
            let value = UInt64(byte) << (8 * UInt64(index % 8))
            if index < 8 { name.0 |= value } else { name.1 |= value }
        }
        name = (name.0.littleEndian, name.1.littleEndian)
        // NIO passes the value's own bytes: IFNAMSIZ (16) bytes that end in zero, which is what the option takes.
        return socket.unsafeSetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_BINDTODEVICE), value: name)
    }

    /// Begins at any port of the range: the last one's may still be held (TIME_WAIT).
    private func takeSourcePort(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let range = request.sourcePorts else { return channel.eventLoop.makeSucceededVoidFuture() }
        let first = Int.random(in: range)
        let ports = (0..<min(range.count, 64)).map { (first - range.lowerBound + $0) % range.count + range.lowerBound }
        return bind(channel, to: ports[...])
    }

    private func bind(_ channel: any Channel, to ports: ArraySlice<Int>) -> EventLoopFuture<Void> {
        guard let port = ports.first else { return channel.eventLoop.makeFailedFuture(BindFailure(errno: EADDRINUSE)) }
        let any = request.endpoint.address.contains(":") ? "::" : "0.0.0.0"
        let this = NIOLoopBound(self, eventLoop: channel.eventLoop)
        return channel.eventLoop.makeCompletedFuture { try SocketAddress(ipAddress: any, port: port) }
            .flatMap { channel.bind(to: $0) }
            .flatMapError { error in
                let errno = (error as? IOError)?.errnoCode ?? EINVAL
                // A failed bind(2) leaves the socket as it was.
                if errno == EADDRINUSE { return this.value.bind(channel, to: ports.dropFirst()) }
                return channel.eventLoop.makeFailedFuture(BindFailure(errno: errno))
            }
    }

    func fail(_ kind: FetchError.Kind) { finish(.failure(FetchError(kind, url: request.url))) }

    /// The first outcome holds; it closes the channel.
    private func finish(_ outcome: Outcome) {
        if self.outcome == nil { self.outcome = outcome }
        timer?.cancel()
        timer = nil
        if let channel { channel.close(promise: nil) } else { settle() }
    }

    private func settle() {
        guard let outcome, channel == nil, !hasAnswered else { return }
        hasAnswered = true
        answer.succeed(outcome)
    }

    // MARK: the channel's events

    func handlerAdded(context: ChannelHandlerContext) { channel = context.channel }

    /// Follows the close of the descriptor, whether or not the channel was ever connected.
    func handlerRemoved(context: ChannelHandlerContext) {
        channel = nil
        settle()  // without an outcome the failure of connect(2) is still to come
    }

    func channelActive(context: ChannelHandlerContext) {
        if tls == nil { send(context) }
        context.fireChannelActive()
    }

    /// Nothing is said to a peer of whom nobody knows who it is.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            let certificate = try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate()
            let isNamed = request.endpoint.isName && !request.endpoint.isLiteral
            guard !isNamed || certificate?.isOf(request.endpoint.address) == true else {
                return fail(.untrusted(FetchError.Kind.wrongName(request.endpoint)))
            }
            send(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func send(_ context: ChannelHandlerContext) {
        guard outcome == nil else { return }
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        if !request.body.isEmpty {
            let body = context.channel.allocator.buffer(bytes: request.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard outcome == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            // 101: another protocol begins, which nobody asked for.
            if head.status.code < 200 { return fail(.malformed) }
            if let length = head.headers.first(name: "content-length").flatMap(Int.init), length > request.bodyLimit {
                return fail(.tooLarge(limit: request.bodyLimit))
            }
            response = HTTPResponse(
                status: Int(head.status.code), headers: head.headers.map { HTTPHeader($0.name, $0.value) })
        case .body(let bytes):
            if (response?.body.count ?? 0) + bytes.readableBytes > request.bodyLimit {
                return fail(.tooLarge(limit: request.bodyLimit))
            }
            response?.body.append(contentsOf: bytes.readableBytesView)
        case .end:
            if let response { finish(.success(response)) } else { fail(.malformed) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.connectionLost)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow, is ByteToMessageDecoderError.PayloadTooLargeError:
            fail(.tooLarge(limit: headLimit))
        case HTTPParserError.invalidEOFState, is IOError, is ChannelError:
            fail(.connectionLost)
        default:
            fail(FetchError.Kind(ofTLS: error, request.endpoint) ?? .malformed)
        }
    }
}

extension HTTPEndpoint {
    /// Also where a name was asked for and is an address.
    fileprivate var isLiteral: Bool { (try? SocketAddress(ipAddress: address, port: 0)) != nil }
}

/// bind(2) failed, told apart from connect(2).
private struct BindFailure: Error {
    let errno: Int32
}

private func kind(ofConnect error: any Error) -> FetchError.Kind {
    switch error {
    case let error as BindFailure: .cannotBind(Errno(rawValue: error.errno))
    // A refusal is ECONNREFUSED: these come from a peer that accepted and reset before NIO had looked.
    case let error as IOError where [ECONNRESET, ENOTCONN, EPIPE].contains(error.errnoCode): .connectionLost
    case let error as IOError: .cannotConnect(Errno(rawValue: error.errnoCode))
    case ChannelError.connectTimeout: .timedOut
    default: .connectionLost
    }
}

extension HTTPRequest {
    /// The head as it goes out: ours are the fields that frame the message; the caller's own `Host` and `User-Agent` hold.
    fileprivate var head: HTTPRequestHead {
        var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
        let own = endpoint.description
        if !fields.contains(name: "Host") {
            fields.add(name: "Host", value: own.firstRange(of: "://").map { String(own[$0.upperBound...]) } ?? own)
        }
        if !fields.contains(name: "User-Agent") { fields.add(name: "User-Agent", value: "slipway") }
        fields.replaceOrAdd(name: "Connection", value: "close")
        fields.remove(name: "Transfer-Encoding")
        fields.remove(name: "Content-Length")
        if method != .get || !body.isEmpty { fields.add(name: "Content-Length", value: "\(body.count)") }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method.rawValue), uri: path, headers: fields)
    }
}
