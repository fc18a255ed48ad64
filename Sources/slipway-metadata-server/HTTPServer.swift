import Glibc
import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemPackage

/// The sockets, on one event loop of one thread.
struct HTTPServer: Sendable {
    let site: Site
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    init(site: Site) { self.site = site }

    /// Binds all of `addresses`, or throws for the first that cannot be; answers with what they are, ports chosen.
    func listen(on addresses: [ListenAddress]) throws(OSError) -> [String] {
        var bound: [String] = []
        for address in addresses {
            let subject = "\(address.host) port \(address.port)"
            do {
                let channel = try bootstrap(isIPv6: address.host.contains(":")).bind(to: address.socketAddress).wait()
                bound.append(channel.localAddress?.text ?? subject)
            } catch let error as IOError {
                throw OSError(operation: "bind", errno: Errno(rawValue: error.errnoCode), subject: subject)
            } catch {
                throw OSError(operation: "bind", errno: .invalidArgument, subject: subject)
            }
        }
        return bound
    }

    private func bootstrap(isIPv6: Bool) -> ServerBootstrap {
        let site = site
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(Connection(site: site))
                }
            }
        // Without it [::] takes the IPv4 port too, and 0.0.0.0 beside it fails.
        let onlyIPv6 = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
        return isIPv6 ? bootstrap.serverChannelOption(onlyIPv6, value: 1) : bootstrap
    }
}

/// One client's connection. The pipeline before it hands over one request at a time.
private final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let site: Site
    private var head: HTTPRequestHead?

    init(site: Site) { self.site = site }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break  // no service reads one, and what is not kept needs no limit
        case .end:
            guard let head else { return }
            self.head = nil
            let request = Request(
                method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                local: context.localAddress?.text ?? "?")
            let reply = site.reply(to: request, from: context.remoteAddress?.text ?? "?")
            guard reply.delay > .zero else { return send(reply, for: head, context: context) }
            let this = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .nanoseconds(reply.delay.inNanoseconds)) {
                let (handler, context) = this.value
                handler.send(reply, for: head, context: context)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ reply: Site.Reply, for request: HTTPRequestHead, context: ChannelHandlerContext) {
        if reply.form == .reset { return reset(context) }
        let answer = reply.answer
        var fields = HTTPHeaders(answer.headers)
        // A truncated answer promises a byte at least that never comes.
        let promised = reply.form == .truncated ? max(1, answer.body.count) : answer.body.count
        fields.add(name: "Content-Length", value: "\(promised)")
        let keepsAlive = request.isKeepAlive && reply.form == .whole
        if !keepsAlive { fields.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let body = reply.form == .truncated ? answer.body.prefix(answer.body.count / 2) : answer.body[...]
        if !body.isEmpty, request.method != .HEAD {
            let buffer = context.channel.allocator.buffer(bytes: body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        // Closed when all of it is out: a close drops what the socket has not taken yet.
        let sent = context.eventLoop.makePromise(of: Void.self)
        if !keepsAlive {
            sent.futureResult.whenComplete { [channel = context.channel] _ in channel.close(promise: nil) }
        }
        if reply.form == .whole {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
        } else {
            // The end is never said: an empty write behind the rest tells that the rest is out.
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: sent)
        }
    }

    /// With a linger time of zero close(2) sends RST.
    private func reset(_ context: ChannelHandlerContext) {
        (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { [channel = context.channel] _ in channel.close(promise: nil) }
    }
}
