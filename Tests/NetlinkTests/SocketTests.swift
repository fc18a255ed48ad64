import CTestSupport
import Glibc
import Kernel
import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite("A netlink socket")
struct SocketTests {
    /// In a process of its own: others' pipes come and go in the one that all tests share.
    @Test("the kernel gives each socket a port id of its own, and descriptors go away with them")
    func ports() async {
        await #expect(processExitsWith: .success) {
            let before = try openDescriptorCount()
            for _ in 0..<100 {
                let first = try NetlinkSocket.open(.route)
                let second = try NetlinkSocket.open(.generic)
                let third = try NetlinkSocket.open(.route)
                #expect(first.port != 0 && first.port != third.port && second.port != 0)
            }
            // A hundred rounds of a leak are hundreds; what the runtime opens for itself in between is a few.
            #expect(try openDescriptorCount() <= before + 8)
        }
    }

    @Test("nothing to read ends at the deadline")
    func deadline() throws {
        let socket = try NetlinkSocket.open(.route)
        var buffer = [UInt8](repeating: 0, count: 4096)
        #expect(throws: NetlinkError(.timedOut, operation: "wait")) {
            try socket.receive(into: &buffer, until: Deadline(in: .milliseconds(20)))
        }
    }

    @Test("a fresh namespace has one link, and the kernel says in words what it refuses", .enabled(if: getuid() == 0))
    func live() async {
        await #expect(processExitsWith: .success) {
            #expect(sw_fresh_namespaces() == 1)
            let deadline = Deadline(in: .seconds(10))
            var connection = try NetlinkConnection.open(.route)
            // RTM_GETLINK, struct ifinfomsg of zeros.
            var list = NetlinkRequest("list", "links", type: 18)
            list.body.append(bytes: [UInt8](repeating: 0, count: 16))
            let links = try connection.dump(list, until: deadline, into: 0) {
                (count: inout Int, _, _) throws(NetlinkError) in count += 1
            }
            #expect(links.value == 1 && links.isConsistent)
            // RTM_GETLINK of nothing in particular, no dump: refused with words since Linux 5.10.
            var broken = NetlinkRequest("list", "links", type: 18, flags: .dump)
            broken.body.append(bytes: [0, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0] + [0, 0, 0, 0])
            let error = #expect(throws: NetlinkError.self) {
                _ = try connection.dump(broken, until: deadline, into: 0) { (_: inout Int, _, _) throws(NetlinkError) in
                }
            }
            #expect(error?.kind == .refused && error?.errno == .invalidArgument)
            #expect(error?.kernelMessage?.contains("Invalid values in header") == true)
        }
    }
}
