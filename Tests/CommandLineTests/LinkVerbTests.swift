import Documents
import Glibc
import Kernel
import TestSupport
import Testing

@Suite("ethtool and WireGuard on the command line")
struct LinkVerbTests {
    /// A network namespace with a veth pair that is up, as the words of a shell.
    private func fresh(_ command: String) throws -> CommandOutput {
        let setUp = "ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up;"
        return try attempt("unshare", ["-n", "sh", "-c", "\(setUp) \(command)"])
    }

    @Test(
        "link ethtool --json has the features of ethtool --json -k, by its keys",
        .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
    func features() throws {
        let program = try builtProduct(named: "slipway")
        let ours = try fresh("\(program) link ethtool v0 --json").document.array?.first
        let theirs = try fresh("ethtool --json -k v0").document.array?.first?.object ?? [:]
        #expect(theirs.count > 40 && ours?["ifname"] == "v0")
        for (name, feature) in theirs where name != "ifname" { #expect(ours?["features"]?[name] == feature, "\(name)") }
        #expect(ours?["features"]?.object?.count == theirs.count - 1)
        #expect(ours?["linkmodes"]?["speed"] == 10_000 && ours?["linkmodes"]?["duplex"] == "Full")
        #expect(ours?["driver_info"]?["driver"] == "veth" && ours?["linkstate"]?["link"] == true)
        #expect(ours?["rings"] == nil && ours?["pause"] == nil)
        let all = try fresh("\(program) link ethtool --json").document.array ?? []
        #expect(Set(all.compactMap { $0["ifname"]?.string }) == ["lo", "v0", "v1"])
        let table = try fresh("\(program) link ethtool v0")
        #expect(table.lines.count == 2 && table.text.contains("10000Mb/s"))
    }

    @Test("a link that is not there is exit 4; a namespace without WireGuard links has none")
    func absent() throws {
        expectOneLine(try slipway("link ethtool nosuch7"), exit: 4, "nosuch7", "slipway link list")
        expectOneLine(try slipway("link wireguard nosuch7"), exit: 4, "nosuch7", "slipway link list")
        expectOneLine(try slipway("link ethtool --root /"), exit: 2, "--root /")
        expectOneLine(try slipway("link wireguard --replay /nonesuch"), exit: 1, "/nonesuch")
        #expect(try slipway("link wireguard --json").document == [])
    }
}
