import CTestSupport
import Fetch
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("LiveHTTP's source port")
struct SourcePortTests {
    private static let answer: [RawServer.Step] = [.readHead, .text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]

    /// A socket that holds a port of 127.0.0.1, and the port.
    private static func hold() throws -> (socket: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: a sockaddr_in is a sockaddr of the length that is passed with it, and lives through the calls.
        unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe _ = Glibc.bind(descriptor, address, length)
                unsafe _ = getsockname(descriptor, address, &length)
            }
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    @Test("a request leaves by a port of its range, which the server sees")
    func range() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try bringLoopbackUp()
            let server = try RawServer(Self.answer)
            var request = HTTPRequest(.get, .local(server.port), "/", sourcePorts: HTTPRequest.privilegedPorts)
            for _ in 0..<3 { #expect(try await fetch(request).get().status == 200) }
            // The client closed last or first, one side's socket lingers in TIME_WAIT (06) and tells the ports; hexadecimal.
            let table = String(
                decoding: try LiveFiles().contents(of: "/proc/self/net/tcp", limit: 65_536), as: UTF8.self)
            let ports = table.split(separator: "\n").dropFirst().flatMap { line in
                line.split(separator: " ").dropFirst().prefix(2).compactMap { field in
                    field.split(separator: ":").last.flatMap { Int($0, radix: 16) }
                }
            }
            #expect(ports.contains { HTTPRequest.privilegedPorts.contains($0) })
            request.endpoint = HTTPEndpoint(address: "::1", port: server.port)
            // Nobody listens there: the bind to :: was right, or this were cannotBind.
            #expect(await fetch(request).kind == .cannotConnect(.connectionRefused))
        }
    }

    @Test("a port that is taken is passed over, and where all are, that is said")
    func taken() async throws {
        let server = try RawServer(Self.answer)
        let held = try Self.hold()
        defer { close(held.socket) }
        var request = HTTPRequest(.get, .local(server.port), "/", sourcePorts: held.port...held.port)
        let failure = await fetch(request).failure
        #expect(failure?.kind == .cannotBind(.addressInUse))
        #expect(failure?.description == "http://127.0.0.1:\(server.port)/: no source port: Address already in use")
        request.sourcePorts = max(1024, held.port - 20)...min(65_535, held.port + 20)
        for _ in 0..<5 { #expect(try await fetch(request).get().status == 200) }
    }

    @Test("without the capability a privileged port is EACCES")
    func refused() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try bringLoopbackUp()
            let server = try RawServer(Self.answer)
            #expect(setuid(65_534) == 0)
            let request = HTTPRequest(.get, .local(server.port), "/", sourcePorts: HTTPRequest.privilegedPorts)
            #expect(await fetch(request).kind == .cannotBind(.permissionDenied))
        }
    }

    @Test("ports that are none are no request", arguments: [0...10, 65_530...65_536, -5...5])
    func invalid(range: ClosedRange<Int>) async {
        let request = HTTPRequest(.get, .local(80), "/", sourcePorts: range)
        #expect(await fetch(request).kind == .invalidRequest)
    }
}
