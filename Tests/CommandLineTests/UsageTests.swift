import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("The command line's grammar")
struct UsageTests {
    @Test(
        "help is an answer: on stdout, exit 0",
        arguments: [
            "", "platform", "platform detect", "platform facts", "platform metadata", "platform report-ready",
            "platform vmware",
            "platform vmware get", "platform vmware set", "link", "link list",
            "link show", "link watch", "address watch", "route watch", "rule watch", "neighbor watch", "link add",
            "link set", "link delete", "link vlan", "link vlan list", "link vlan add",
            "link vlan delete", "link ethtool", "link wireguard", "address",
            "address list", "address add", "address delete", "route", "route list", "route get", "route add",
            "route delete", "rule",
            "rule list", "rule add", "rule delete", "neighbor", "neighbor list", "neighbor get", "neighbor add",
            "netlink",
            "netlink decode", "disk",
            "disk list", "disk show", "disk probe", "disk select", "disk holders", "disk wipe", "disk loop",
            "disk loop list", "disk loop attach", "disk loop detach", "partition", "partition show",
            "partition plan", "partition apply", "partition verify", "partition repair", "module", "module coldplug",
            "image", "image build", "image inspect", "boot", "boot timeline",
            "record", "vm", "vm run", "bring-up",
        ])
    func help(_ words: String) throws {
        let outcome = try slipway("\(words) --help")
        #expect(outcome.status == .exited(0) && outcome.errors.isEmpty)
        #expect(outcome.text.contains("USAGE: slipway"))
        if !words.isEmpty { #expect(outcome.text.contains(words)) }
    }

    @Test("the version is one line on stdout")
    func version() throws {
        let outcome = try slipway("--version")
        #expect(outcome.status == .exited(0) && outcome.lines.count == 1 && outcome.text.hasPrefix("slipway "))
    }

    @Test(
        "a wrong use is exit 2, told on stderr alone",
        arguments: [
            "nonesuch", "platform nonesuch", "disk list --nonesuch", "disk list extra", "image build", "image inspect",
            "record", "vm run --timeout soon", "platform metadata --timeout 0", "image build -o x --level 20",
            "image build -o x --modules ext4", "disk list --root / --replay x",
            "bring-up --restarts 99999999999999999999", "link wireguard --set x", "link wireguard wg0 --dry-run",
            "link wireguard wg0 --replace", "link wireguard wg0 --set x --show-keys",
            "link wireguard wg0 --set x --replay x", "platform vmware get", "platform vmware get x y",
            "platform vmware get x --channel tcp", "platform vmware set x", "platform vmware set x y --timeout 0",
            "disk show", "disk probe", "disk probe x --sector-size 513", "disk probe x --size 0", "disk select",
            "disk wipe x", "disk wipe x --method shred", "disk wipe x --method zero --replay y", "disk loop attach",
            "disk loop attach x --block-size 100", "disk loop attach x --autoclear", "partition show",
            "partition show x --sector-size 7", "partition apply x", "partition apply x --plan y --timeout -1",
            "partition repair x --replay y",
        ])
    func wrongUse(_ words: String) throws {
        let outcome = try slipway(words)
        #expect(outcome.status == .exited(2) && outcome.output.isEmpty && !outcome.errors.isEmpty)

        let json = try slipway("\(words) --json")
        #expect(json.status == .exited(2) && json.output.isEmpty)
        #expect(json.errors.split(separator: "\n").count == 1)
        let error = try #require(try json.errorDocument)
        #expect(error.keys.sorted() == ["errno", "hint", "message", "operation", "subject"])
        #expect(error["message"]?.string?.isEmpty == false && error["operation"]?.string?.isEmpty == false)
    }

    @Test(
        "a failure with --json is one document with the same keys, and the kernel's number",
        arguments: ["boot timeline --from /nonesuch", "disk list --root /nonesuch"])
    func failureDocument(_ words: String) throws {
        let outcome = try slipway("\(words) --json")
        #expect(outcome.output.isEmpty && outcome.errors.split(separator: "\n").count == 1)
        let error = try #require(try outcome.errorDocument)
        #expect(error.keys.sorted() == ["errno", "hint", "message", "operation", "subject"])
        #expect(error["subject"] == "/nonesuch" && error["errno"] == 2)
        #expect(error["operation"]?.string == words.split(separator: " ").prefix(2).joined(separator: " "))
    }

    @Test("--root that is no directory is exit 2, and says so", arguments: ["/nonesuch", "/etc/passwd", ""])
    func noDirectory(_ root: String) throws {
        for words in ["disk list", "platform detect", "platform facts"] {
            expectOneLine(try slipway("\(words) --root", root), exit: 2, "--root is no directory", "; ")
        }
        expectOneLine(try slipway("record -o /nonesuch/x --root", root), exit: 2, "--root is no directory", "; ")
    }

    @Test(
        "what asks the running kernel takes no --root",
        arguments: ["module coldplug", "platform metadata --watch"])
    func notLive(_ words: String) throws {
        expectOneLine(try slipway("\(words) --root /"), exit: 2, "--root /")
        expectOneLine(try slipway("\(words) --replay x"), exit: 2)
        expectOneLine(try slipway("platform metadata --root /"), exit: 2, "--root /")
    }

    @Test(
        "nothing that a person types traps: empty words, huge numbers, odd letters",
        arguments: [
            [""], ["--json"], ["disk", "list", "--root", ""], ["disk", "list", "--replay", ""],
            ["platform", "detect", "--facts", ""], ["platform", "detect", "--replay", ""],
            ["platform", "metadata", "--platform", ""], ["platform", "metadata", "--endpoint", ""],
            ["platform", "metadata", "--endpoint", "http://"], ["platform", "metadata", "--endpoint", "http://["],
            ["platform", "metadata", "--endpoint", "http://[]:1"],
            ["platform", "metadata", "--endpoint", "http://127.0.0.1:99999"],
            ["platform", "metadata", "--timeout", "nan"], ["platform", "metadata", "--timeout", "1e308"],
            ["platform", "metadata", "--timeout", "-1"],
            ["platform", "vmware", "get", ""], ["platform", "vmware", "get", "a b"],
            ["platform", "vmware", "get", "\u{e9}"], ["platform", "vmware", "set", "", ""],
            ["platform", "vmware", "get", "x", "--timeout", "nan"], ["platform", "vmware", "set", "x", "---"],
            ["platform", "vmware", "get", "x", "--timeout", "1e-300"], ["boot", "timeline", "--from", ""],
            ["record", "-o", ""],
            ["image", "inspect", ""], ["image", "build", "-o", ""],
            ["image", "build", "-o", "/nonesuch/x", "--include", ""],
            ["image", "build", "-o", "/nonesuch/x", "--include", ":"],
            ["image", "build", "-o", "/nonesuch/x", "--include", "/etc/hostname:"],
            ["image", "build", "-o", "/nonesuch/x", "--program", ""],
            ["image", "build", "-o", "/nonesuch/x", "--module-tree", "", "--modules", ""],
            ["image", "build", "-o", "/nonesuch/x", "--level", "99999999999999999999"],
            ["bring-up", "--report-descriptor", "99999999999"],
            ["bring-up", "--report-descriptor", "1", "--last-tasks", "-1"],
        ])
    func noTrap(_ arguments: [String]) throws {
        let outcome = try slipway(arguments)
        guard case .exited(let status) = outcome.status else {
            Issue.record("\(outcome.status)")
            return
        }
        #expect((1...5).contains(status) && outcome.output.isEmpty && !outcome.errors.isEmpty, "\(outcome.errors)")
    }
}
