import CTestSupport
import Glibc
import Kernel
import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite("Batches", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct BatchTests {
    /// RTM_NEWROUTE or RTM_DELROUTE (24, 25) of 10.x.y.z/32 by `lo`.
    static func route(_ number: UInt32, type: UInt16 = 24, flags: NetlinkFlags = [.create, .exclusive])
        -> NetlinkRequest
    {
        var request = NetlinkRequest("add", "route \(number)", type: type, flags: flags)
        request.body.append(bytes: [2, 32, 0, 0, 254, 3, 253, 1, 0, 0, 0, 0])
        request.body.attribute(1, bigEndian: 0x0a00_0000 | number)
        request.body.attribute(4, integer: UInt32(1))
        return request
    }

    @Test("each refusal is told by its place, and the others are done; none is lost where all are refused")
    func failures() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link set lo up")
            var connection = try NetlinkConnection.open(.route)
            var batch = NetlinkBatch()
            // The third and the last are there already.
            for number in [1, 2, 1, 3, 4, 2] { try batch.append(BatchTests.route(UInt32(number))) }
            let outcome = connection.execute(&batch, until: Deadline(in: .seconds(10)))
            #expect(outcome.processed == 6 && outcome.interruption == nil && !outcome.isUncertain)
            #expect(outcome.failures.map(\.index) == [2, 5])
            #expect(outcome.failures.allSatisfy { $0.error.errno == .fileExists && $0.error.cause == .exists })
            let there = try run("ip -4 route show table main").lines.map { String($0.prefix { $0 != " " }) }
            #expect(Set(there) == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"])

            batch.removeAll()
            for _ in 0..<5_000 { try batch.append(BatchTests.route(1)) }
            let refused = connection.execute(&batch, until: Deadline(in: .seconds(20)))
            #expect(refused.failures.map(\.index) == Array(0..<5_000) && !refused.isUncertain)
            #expect(refused.failures.allSatisfy { $0.error.errno == .fileExists })

            batch.removeAll()
            for number in 0..<5_000 { try batch.append(BatchTests.route(UInt32(100 + number))) }
            #expect(connection.execute(&batch, until: Deadline(in: .seconds(20))).isSuccess)
            #expect(try run("ip -4 route show table main").lines.count == 5_004)
        }
    }

    @Test("answers that ran over the buffer make the outcome uncertain, not endless")
    func overrun() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link set lo up")
            let socket = try NetlinkSocket.open(.route, receiveBuffer: 4_096)
            var connection = NetlinkConnection(Roomy(socket: socket))
            var batch = NetlinkBatch()
            for _ in 0..<500 { try batch.append(BatchTests.route(1)) }
            let outcome = connection.execute(&batch, until: Deadline(in: .seconds(10)))
            #expect(outcome.processed == 500 && outcome.isUncertain && outcome.interruption == nil)
            #expect(!outcome.failures.isEmpty && outcome.failures.count < 499)
        }
    }

    /// A socket that says of itself that it has more room than it has.
    struct Roomy: NetlinkTransport {
        let socket: NetlinkSocket
        var port: UInt32 { socket.port }
        var receiveBufferSize: Int { 1 << 20 }
        func send(_ datagram: [UInt8], until deadline: Deadline) throws(NetlinkError) {
            try socket.send(datagram, until: deadline)
        }
        func receive(into buffer: inout [UInt8], until deadline: Deadline) throws(NetlinkError) -> ReceivedDatagram {
            try socket.receive(into: &buffer, until: deadline)
        }
    }

    @Test("a deadline that has passed sends nothing and says so")
    func late() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("ip link set lo up")
            var connection = try NetlinkConnection.open(.route)
            var batch = NetlinkBatch()
            try batch.append(BatchTests.route(1))
            let outcome = connection.execute(&batch, until: Deadline(in: .zero))
            #expect(outcome.processed == 0 && outcome.interruption?.kind == .timedOut && !outcome.isSuccess)
            #expect(try run("ip -4 route").lines.isEmpty)
        }
    }
}

@Suite("Network namespaces", .enabled(if: getuid() == 0, "needs CAP_SYS_ADMIN"))
struct NetworkNamespaceTests {
    @Test("a socket is made in a named namespace, and the thread stays where it was")
    func named() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            try run("mount -t tmpfs none /run")
            try run("ip netns add blue")
            try run("ip -n blue link add b0 type bridge")
            let here = try LiveFiles().linkTarget(of: "/proc/thread-self/ns/net")
            let blue = try #require(NetworkNamespace.named("blue"))
            for (namespace, exists) in [(blue, true), (.current, false)] {
                var connection = try NetlinkConnection.open(.route, in: namespace)
                var request = NetlinkRequest("get", "link b0", type: 18)
                request.body.append(bytes: [UInt8](repeating: 0, count: 16))
                request.body.attribute(3, text: "b0")
                let answer = Result {
                    try connection.get(request, until: Deadline(in: .seconds(5))) { message, _ in message.type }
                }
                if exists {
                    #expect(try answer.get() == 16)
                } else {
                    let error = #expect(throws: NetlinkError.self) { try answer.get() }
                    #expect(error?.cause == .notFound && error?.kind == .refused)
                }
            }
            #expect(try LiveFiles().linkTarget(of: "/proc/thread-self/ns/net") == here)
        }
    }

    @Test("a namespace that is not there, and a file that is none, are told as such")
    func missing() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let nowhere = try #require(NetworkNamespace.named("nosuch"))
            let error = #expect(throws: NetlinkError.self) { try NetlinkSocket.open(.route, in: nowhere) }
            #expect(error?.kind == .namespace && error?.cause == .namespace && error?.errno == .noSuchFileOrDirectory)
            let file = #expect(throws: NetlinkError.self) {
                try NetlinkSocket.open(.route, in: .file("/proc/self/status"))
            }
            #expect(file?.kind == .namespace && file?.errno == .invalidArgument)
            #expect(NetworkNamespace.named("../x") == nil && NetworkNamespace.named("") == nil)
            #expect(setuid(65_534) == 0)
            let refused = #expect(throws: NetlinkError.self) {
                try NetlinkSocket.open(.route, in: .file("/proc/self/ns/net"))
            }
            #expect(refused?.cause == .missingCapability("CAP_SYS_ADMIN"))
            #expect("\(refused as Any)".contains("CAP_SYS_ADMIN"))
        }
    }
}
