import CTestSupport
import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Verbs that watch", .enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
struct WatchVerbTests {
    private struct Case: Sendable {
        let verb: String
        /// What ip does, what it then shows, and the event; nil shows nothing any more.
        let steps: [(step: String, shown: String?, event: String)]
    }

    private static let cases = [
        Case(
            verb: "link watch eth0",
            steps: [
                ("link set eth0 mtu 1400", "link show dev eth0", "changed"),
                ("link set eth0 alias uplink", "link show dev eth0", "changed"),
                ("link set eth1 mtu 1300", nil, ""),
                ("link property add dev eth0 altname wan", "link show dev eth0", "changed"),
                ("link del eth0", nil, "removed"),
                ("link add eth0 type veth peer name eth1", "link show dev eth0", "added"),
            ]),
        Case(
            verb: "address watch dev eth0",
            steps: [
                ("address add 198.51.100.1/24 brd + dev eth0", "address show dev eth0 to 198.51.100.1", "added"),
                ("address add 198.51.101.1/24 dev eth1", nil, ""),
                (
                    "address change 198.51.100.1/24 dev eth0 preferred_lft 0", "address show dev eth0 to 198.51.100.1",
                    "changed"
                ),
                ("address del 198.51.100.1/24 dev eth0", nil, "removed"),
                (
                    "-6 address add 2001:db8:9::1/64 dev eth0 nodad", "-6 address show dev eth0 to 2001:db8:9::1",
                    "added"
                ),
            ]),
        Case(
            verb: "route watch -4",
            steps: [
                ("route add 10.9.0.0/16 via 192.0.2.9 metric 7", "route show 10.9.0.0/16", "added"),
                ("-6 route add 2001:db8:9::/48 via 2001:db8::9", nil, ""),
                ("route add 10.8.0.0/16 table 8 dev eth0", nil, ""),
                ("route replace 10.9.0.0/16 via 192.0.2.8 metric 7", "route show 10.9.0.0/16", "changed"),
                ("route del 10.9.0.0/16", nil, "removed"),
                (
                    "route add 10.7.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3",
                    "route show 10.7.0.0/16", "added"
                ),
            ]),
        Case(
            verb: "rule watch",
            steps: [
                ("rule add from 10.0.0.0/8 iif eth0 table 7 priority 70", "rule show priority 70", "added"),
                ("-6 rule add to 2001:db8::/48 table 9 priority 71", nil, ""),
                // The rule's link is no more there; nobody tells of the rule.
                ("link set eth0 down", nil, ""), ("link set eth0 name lan", "rule show priority 70", "changed"),
                ("rule del priority 70", nil, "removed"),
            ]),
        Case(
            verb: "neighbor watch dev eth0",
            steps: [
                (
                    "neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent",
                    "neigh show 192.0.2.9 dev eth0", "added"
                ),
                ("neigh add 192.0.2.8 lladdr 02:00:00:00:00:09 dev eth1 nud permanent", nil, ""),
                (
                    "neigh replace 192.0.2.9 lladdr 02:00:00:00:00:08 dev eth0 nud permanent",
                    "neigh show 192.0.2.9 dev eth0", "changed"
                ),
                // The kernel tells that it failed, and then that it went.
                ("neigh del 192.0.2.9 dev eth0", nil, "removed"),
            ]),
    ]

    @Test(
        "after each thing that ip does one line has what ip then shows, and what is not watched has none",
        arguments: 0..<5)
    func judgedByIP(number: Int) async {
        await #expect(processExitsWith: .success) { [number = number as Int] in
            try WatchVerbTests.prepare()
            let chosen = WatchVerbTests.cases[number]
            let watch = try Background("\(chosen.verb) --json --no-initial")
            try watch.wait { $0.contains("resynchronized") }
            for (step, shown, event) in chosen.steps {
                let before = try watch.lines().count
                try run("ip \(step)")
                if event.isEmpty {
                    usleep(300_000)
                    #expect(try watch.lines().count == before, "\(step)")
                    continue
                }
                try watch.wait { $0.split(separator: "\n").dropFirst(before).contains { $0.contains("\"\(event)\"") } }
                guard let shown else { continue }
                let first = try watch.lines().dropFirst(before).first ?? ""
                #expect(
                    try JSONText.decode(JSONValue.self, from: Array(first.utf8))["event"] == .string(event), "\(step)")
                // A new link is told of again when its other end is known: what is told last is what there is.
                let deadline = Deadline(in: .seconds(10))
                var found = try WatchVerbTests.lastLine(of: watch, from: shown)
                while found != [], !deadline.hasPassed {
                    usleep(50_000)
                    found = try WatchVerbTests.lastLine(of: watch, from: shown)
                }
                #expect(found == [], "\(step): \(found)")
            }
            #expect(try watch.end(by: SIGINT) == 130)
        }
    }

    @Test("what is there comes first, as the list has it, and --timeout is exit 0")
    func initial() async {
        await #expect(processExitsWith: .success) {
            try WatchVerbTests.prepare()
            for noun in ["link", "route", "rule", "neighbor"] {
                let outcome = try slipway("\(noun) watch --json --timeout 0.4")
                #expect(outcome.isSuccess && outcome.errors.isEmpty, "\(noun): \(outcome.errors)")
                let lines = try outcome.lines.map { try JSONText.decode(JSONValue.self, from: Array("\($0)".utf8)) }
                #expect(lines.last?["event"] == "resynchronized")
                let present = lines.filter { $0["event"] == "present" }
                let listed = try slipway("\(noun) list --json").document.array ?? []
                #expect(present.count == listed.count && !listed.isEmpty, "\(noun)")
                let texts = try slipway("\(noun) watch --timeout 0.4")
                #expect(texts.isSuccess && texts.lines.count == listed.count, "\(noun): \(texts.text)")
                let quiet = try slipway("\(noun) watch --no-initial --timeout 0.2")
                #expect(quiet.isSuccess && quiet.output.isEmpty && quiet.errors.isEmpty, "\(noun)")
            }
        }
    }

    @Test("for people it is a line each, and what went is Deleted")
    func text() async {
        await #expect(processExitsWith: .success) {
            try WatchVerbTests.prepare()
            let watch = try Background("route watch -4")
            try watch.wait { $0.contains("default via 192.0.2.1 dev eth0") }
            try run("ip route add 10.9.0.0/16 via 192.0.2.9")
            try watch.wait { $0.contains("\nAdded 10.9.0.0/16 via 192.0.2.9 dev eth0") }
            try run("ip route del 10.9.0.0/16")
            try watch.wait { $0.contains("\nDeleted 10.9.0.0/16 via 192.0.2.9 dev eth0") }
            #expect(try watch.end(by: SIGTERM) == 130)
        }
    }

    @Test("a reader that goes ends it at once and quietly, while it writes and while it waits")
    func closedPipe() async {
        await #expect(processExitsWith: .success) {
            try WatchVerbTests.prepare()
            let path = try builtProduct(named: "slipway").string
            for (words, reader) in [("link watch", "head -1"), ("link watch --no-initial", "true")] {
                let script = "'\(path)' \(words) --timeout 600 | \(reader); echo \"status ${PIPESTATUS[0]}\""
                let outcome = try attempt("bash", ["-c", script], timeout: .seconds(30))
                #expect(outcome.lines.last == "status 0" && outcome.errors.isEmpty, "\(outcome.text)\(outcome.errors)")
            }
        }
    }

    @Test(
        "a wrong use is exit 2",
        arguments: ["link watch --timeout 0", "route watch table nosuch", "rule watch -4 -6"])
    func wrongUse(_ words: String) throws {
        let outcome = try slipway("\(words) --json")
        #expect(outcome.status == .exited(2) && outcome.output.isEmpty && !outcome.errors.isEmpty)
    }

    /// How the last line differs from what ip shows, which is one object.
    private static func lastLine(of watch: Background, from shown: String) throws -> [String] {
        let answer = try JSONText.decode(JSONValue.self, from: try run("ip -j -d \(shown)").output).array ?? []
        // For each object that it leaves out ip prints an empty one, among a link's addresses too.
        let documents = answer.compactMap(\.object).filter { !$0.isEmpty }
        guard var peer = documents.first, documents.count == 1 else { return ["ip shows \(documents.count)"] }
        if let addresses = peer["addr_info"]?.array {
            peer["addr_info"] = .array(addresses.filter { $0.object?.isEmpty == false })
        }
        guard let line = try watch.lines().last else { return ["nothing is told"] }
        var ours = try JSONText.decode(JSONValue.self, from: Array(line.utf8)).object ?? [:]
        ours["event"] = nil
        return differences(of: .object(ours), from: .object(peer))
    }

    private static func prepare() throws {
        #expect(sw_fresh_namespaces() == 1)
        for command in [
            "link set lo up", "link add eth0 type veth peer name eth1", "link set eth0 addrgenmode none",
            "link set eth1 addrgenmode none", "address add 192.0.2.7/24 brd + dev eth0",
            "address add 2001:db8::7/64 dev eth0 nodad", "link set eth0 up", "link set eth1 up",
            "route add default via 192.0.2.1 metric 10",
            "neighbor add 192.0.2.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent",
        ] { try run("ip \(command)") }
        // The kernel sees to carriers a while later, and tells of the links then.
        let deadline = Deadline(in: .seconds(10))
        while !deadline.hasPassed {
            let states = try ["eth0", "eth1"].map {
                try run("ip -j link show dev \($0)").text.contains(#""operstate":"UP""#)
            }
            if states == [true, true] { break }
            usleep(50_000)
        }
        usleep(500_000)
    }
}

/// A verb that runs while the test goes on; bash keeps what it writes and how it ends in files.
private final class Background {
    private let directory: TemporaryDirectory
    private let process: Int32

    init(_ words: String) throws {
        let directory = try TemporaryDirectory()
        let (path, folder) = (try builtProduct(named: "slipway").string, directory.path.string)
        let script = """
            (set -m; '\(path)' \(words) >'\(folder)/out' 2>'\(folder)/err' </dev/null & echo $! >'\(folder)/new'
            mv '\(folder)/new' '\(folder)/pid'; wait $!; echo $? >'\(folder)/done'; mv '\(folder)/done' '\(folder)/status'
            ) >/dev/null 2>&1 </dev/null &
            while [ ! -e '\(folder)/pid' ]; do sleep 0.02; done; cat '\(folder)/pid'
            """
        let outcome = try attempt("bash", ["-c", script], timeout: .seconds(20))
        process = try #require(Int32(outcome.text.filter(\.isNumber)))
        self.directory = directory
    }

    deinit { _ = kill(process, SIGKILL) }

    private func text(_ name: String) throws -> String {
        let file = try OwnedDescriptor.open(directory.path.appending(name), O_RDONLY)
        return String(decoding: try file.readAll(limit: 1 << 20), as: UTF8.self)
    }

    func lines() throws -> [String] { try whole().split(separator: "\n").map(String.init) }

    /// Without the line that is being written.
    private func whole() throws -> String {
        let text = try text("out")
        return text.lastIndex(of: "\n").map { String(text[...$0]) } ?? ""
    }

    /// For ten seconds at most.
    func wait(_ condition: (String) -> Bool) throws {
        let deadline = Deadline(in: .seconds(10))
        while !deadline.hasPassed {
            if condition(try whole()) { return }
            usleep(20_000)
        }
        Issue.record("not written: \(try text("out").suffix(600)) \(try text("err"))")
    }

    /// The exit status after that signal; nothing is on stderr.
    func end(by signal: Int32) throws -> Int32? {
        #expect(kill(process, signal) == 0)
        let deadline = Deadline(in: .seconds(10))
        while !deadline.hasPassed {
            if let status = try? text("status") {
                #expect(try text("err").isEmpty)
                return Int32(status.filter(\.isNumber))
            }
            usleep(20_000)
        }
        return nil
    }
}
