import CTestSupport
import Documents
import Glibc
import Kernel
import Netlink
import RouteNetlink
import SystemPackage
import TestSupport
import Testing

@Suite("Refusals", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct RefusalTests {
    /// RTM_NEWLINK of a bridge whose option `type` has that payload.
    static func bridge(_ name: String, option type: Int, _ payload: [UInt8]) -> NetlinkRequest {
        var request = NetlinkRequest("add", "link \(name)", type: 16, flags: [.create, .exclusive])
        request.body.append(bytes: [UInt8](repeating: 0, count: 16))
        request.body.attribute(3, text: name)
        request.body.nest(18) { information in
            information.attribute(1, text: "bridge")
            information.nest(2) { $0.attribute(type, bytes: payload) }
        }
        return request
    }

    @Test("the attribute that the kernel finds fault with is named by its path, in a batch too")
    func path() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            var connection = try NetlinkConnection.open(.route)
            connection.schemas = { RouteMessageKind(messageType: $0)?.schema }
            // IFLA_BR_AGEING_TIME (4) is 32 bits wide; two bytes of it are too few for the kernel's policy.
            let request = RefusalTests.bridge("br7", option: 4, [1, 2])
            let error = #expect(throws: NetlinkError.self) { try connection.execute(request, until: soon) }
            #expect(error?.kind == .refused && error?.errno == .outOfRange && error?.cause == .invalid)
            #expect(error?.attribute?.words == "link.info.data(bridge).ageing_time")
            #expect("\(error as Any)".contains("link.info.data(bridge).ageing_time"))

            var batch = NetlinkBatch()
            try batch.append(RefusalTests.bridge("br8", option: 4, [0, 0x10, 0, 0]))
            try batch.append(request)
            let outcome = connection.execute(&batch, until: soon)
            #expect(outcome.failures.map(\.index) == [1] && outcome.processed == 2)
            #expect(outcome.failures.first?.error.attribute?.words == "link.info.data(bridge).ageing_time")
            #expect(try ip("link show").compactMap { $0["ifname"]?.string }.contains("br8"))
        }
    }

    @Test("a missing capability, a missing feature and a missing link are told apart")
    func causes() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            var routes = try RouteConnection.open()
            let missing = #expect(throws: NetlinkError.self) { try routes.link(named: "nosuch", until: soon) }
            #expect(missing?.cause == .notFound)
            var connection = try NetlinkConnection.open(.route)
            var request = NetlinkRequest("add", "link x0", type: 16, flags: [.create, .exclusive])
            request.body.append(bytes: [UInt8](repeating: 0, count: 16))
            request.body.attribute(3, text: "x0")
            request.body.nest(18) { $0.attribute(1, text: "nosuchkind") }
            let unknown = #expect(throws: NetlinkError.self) { try connection.execute(request, until: soon) }
            #expect(unknown?.cause == .missingFeature && unknown?.errno == .notSupported)
            #expect(setuid(65_534) == 0)
            let refused = #expect(throws: NetlinkError.self) {
                try connection.execute(RefusalTests.bridge("br9", option: 4, [0, 0x10, 0, 0]), until: soon)
            }
            #expect(refused?.cause == .missingCapability("CAP_NET_ADMIN"))
            #expect("\(refused as Any)".contains("CAP_NET_ADMIN"))
        }
    }
}
