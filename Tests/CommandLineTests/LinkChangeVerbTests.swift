import Documents
import Glibc
import Kernel
import TestSupport
import Testing

/// In a network namespace of each test's own, with `ip` as the judge.
@Suite("Links made and changed on the command line", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct LinkChangeVerbTests {
    /// The words of a shell in a fresh namespace; `$S` is the program.
    private func fresh(_ command: String) throws -> CommandOutput {
        let program = try builtProduct(named: "slipway")
        return try attempt("unshare", ["-n", "sh", "-c", "S=\(program); \(command)"])
    }

    @Test("a bridge is made, changed, named and deleted, and ip sees each")
    func life() throws {
        let made = try fresh(
            "$S link add br7 mtu 1400 type bridge stp_state 1 && $S link set br7 altname uplink7 up"
                + " && $S link set uplink7 type bridge ageing_time 5000 mtu 1300; ip -j -d link show br7")
        // What follows a kind is the kind's.
        #expect(made.errors.contains("no option 'mtu' of bridge"))
        let link = try #require(try made.document.array?.first)
        #expect(link["mtu"] == 1400 && link["altnames"] == ["uplink7"])
        #expect(link["flags"]?.array?.contains("UP") == true)
        #expect(link["linkinfo"]?["info_data"]?["stp_state"] == 1)
        let changed = try fresh(
            "$S link add br7 type bridge && $S link set br7 alias seven mtu 1300 type bridge ageing_time 5000"
                + " && ip -j -d link show br7")
        let after = try #require(try changed.document.array?.first)
        #expect(after["mtu"] == 1300 && after["ifalias"] == "seven")
        #expect(after["linkinfo"]?["info_data"]?["ageing_time"] == 5000)
        let left = try fresh("$S link add br7 type bridge && $S link delete br7 && ip -j link show")
        #expect(try left.document.array?.compactMap { $0["ifname"]?.string } == ["lo"])
    }

    @Test("a link that is not there is exit 4, with those that are")
    func absent() throws {
        expectOneLine(try fresh("$S link set nosuch7 up"), exit: 4, "nosuch7", "the links are lo")
        expectOneLine(try fresh("$S link delete nosuch7"), exit: 4, "nosuch7", "the links are lo")
    }

    @Test("without the capability, the refusal names it")
    func capability() throws {
        let without = "setpriv --bounding-set=-net_admin --inh-caps=-net_admin"
        expectOneLine(try fresh("\(without) $S link add br7 type bridge"), exit: 1, "CAP_NET_ADMIN")
    }

    @Test("a kind that this kernel lacks is named with its module")
    func kind() throws {
        expectOneLine(try fresh("$S link add x7 type nosuch7"), exit: 1, "nosuch7", "modprobe rtnl-link-nosuch7")
    }

    @Test("a misspelt word has a suggestion; a number beyond the range is told the range")
    func words() throws {
        expectOneLine(try fresh("$S link add br7 type bridge stp_stat 1"), exit: 2, "stp_stat", "'stp_state'")
        expectOneLine(try fresh("$S link add x7 type vxlan id 16777216"), exit: 2, "16777216", "0 to 16777215")
    }
}
