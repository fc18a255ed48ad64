import Documents
import Glibc
import Kernel
import TestSupport
import Testing
import VirtualMachine

/// Random operations on links of every kind: by `ip` in one network namespace of a virtual machine and by slipway in another.
@Suite("Random links of every kind, in a virtual machine", .machines)
struct RandomLinkKindTests {
    private static let modules = [
        "fou", "fou6", "ip_gre", "ip6_gre", "ipip", "sit", "ip6_tunnel", "ip_vti", "ip6_vti", "ifb", "tun",
    ]
    /// Asking for all links costs two seconds in emulation, so it is done after as many operations.
    private static let stride = 12

    @Test("each is done by us as by ip, or refused with the kernel's same words, and the links are the same")
    func likeIP() async throws {
        let isLong = Sweep.isLong
        let seed = Sweep.seed ?? 1
        let configuration = Lab.withAgent {
            $0.kernel = .generic
            $0.timeout = .seconds(isLong ? 900 : 300)
        }
        try await Lab.boot(configuration) { machine, _ in
            var agent = try Agent(machine)
            for module in Self.modules { _ = try agent.run("/usr/lib/peers/modprobe", module) }
            for name in ["a", "b"] {
                #expect(try agent.run("ip", "netns", "add", name).status == 0)
                let base = try agent.run(
                    "ip", "-n", name, "link", "add", "base", "address", "02:00:00:00:00:09", "type", "dummy")
                #expect(base.status == 0)
            }
            try EncapsulationCheck.run(&agent)
            var generator = LinkKindGenerator(seed: seed)
            generator.links["base"] = "dummy"
            var counts: [String: (drawn: Int, done: Int)] = [:]
            var window: [String] = []
            var refusals: [String: String] = [:]
            for number in 1...(isLong ? 500 : 60) {
                let operation = generator.next()
                let place = "seed \(seed), operation \(number): link \(operation.description)"
                let theirs = try agent.run(["ip", "-n", "a", "link"] + operation.words)
                let ours = try agent.run(
                    ["ip", "netns", "exec", "b", "/sbin/slipway", "link"] + operation.words + ["--json"])
                #expect(
                    (ours.status == 0) == (theirs.status == 0), "\(place): we: \(ours.errors); ip: \(theirs.errors)")
                // ip ends with 2 where the kernel refuses; we with 2 where we did not ask it.
                if theirs.status == 2, ours.status == 1 {
                    #expect(
                        ours.errors.contains(Self.reason(theirs.errors)),
                        "\(place): we: \(ours.errors); ip: \(theirs.errors)")
                }
                let isDone = theirs.status == 0
                counts[operation.sort, default: (0, 0)].drawn += 1
                if isDone {
                    counts[operation.sort, default: (0, 0)].done += 1
                    Self.note(operation, in: &generator)
                }
                if !isDone { refusals[operation.sort] = "\(operation.description): \(theirs.errors)" }
                window.append(operation.description + (isDone ? "" : " (refused)"))
                guard number % Self.stride == 0 || number == (isLong ? 500 : 60) else { continue }
                let found = try Self.differences(&agent)
                #expect(
                    found == [], "\(place), or one before it: \(window.joined(separator: "; ")): \(found.prefix(6))")
                if !found.isEmpty { break }
                window = []
            }
            print(
                "random links: "
                    + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.done)/\($0.value.drawn)" }.joined(
                        separator: ", "))
            for (sort, count) in counts.sorted(by: { $0.key < $1.key }) where count.done == 0 {
                print("never done: \(refusals[sort] ?? sort)")
            }
            for sort in LinkKindGenerator.kinds + LinkKindGenerator.others {
                #expect((counts[sort]?.drawn ?? 0) > 0, "\(sort) was never drawn")
                if isLong { #expect((counts[sort]?.done ?? 0) > 0, "\(sort) was never done") }
            }
        }
    }

    /// The kernel's words, or its errno's.
    private static func reason(_ errors: String) -> String {
        for line in errors.split(separator: "\n").map({ String($0) }) {
            for prefix in ["RTNETLINK answers: ", "Error: "] where line.hasPrefix(prefix) {
                let words = String(line.dropFirst(prefix.utf8.count))
                return words.hasSuffix(".") ? String(words.dropLast()) : words
            }
        }
        return errors
    }

    private static func note(_ operation: LinkKindGenerator.Operation, in generator: inout LinkKindGenerator) {
        let words = operation.words
        switch (words[0], words.dropFirst(2).first) {
        case ("add", _):
            generator.links[operation.name] = operation.kind
            if operation.kind == "veth" { generator.links[words[1]] = "veth" }
        case ("delete", _):
            generator.links[words[1]] = nil
            generator.ports.remove(words[1])
        case (_, "name"?):
            generator.links[words[3]] = generator.links.removeValue(forKey: words[1])
            if generator.ports.remove(words[1]) != nil { generator.ports.insert(words[3]) }
        case (_, "master"?) where generator.links[words[3]] == "bridge": generator.ports.insert(words[1])
        case (_, "master"?), (_, "nomaster"?): generator.ports.remove(words[1])
        default: break
        }
    }

    /// Between the two namespaces, and between our view and ip's of each.
    private static func differences(_ agent: inout Agent) throws -> [String] {
        var views: [[String: JSONValue]] = []
        for words in [
            ["ip", "-n", "a", "-j", "-d", "link", "show"], ["ip", "-n", "b", "-j", "-d", "link", "show"],
            ["ip", "netns", "exec", "a", "/sbin/slipway", "link", "list", "--json"],
            ["ip", "netns", "exec", "b", "/sbin/slipway", "link", "list", "--json"],
        ] {
            let answer = try agent.run(words)
            let list = try JSONText.decode(JSONValue.self, from: Array(answer.output.utf8)).array ?? []
            views.append(Dictionary(list.map { ($0["ifname"]?.string ?? "", $0) }) { first, _ in first })
        }
        var found: [String] = []
        for name in Set(views[0].keys).union(views[1].keys).sorted() {
            guard let theirs = views[0][name], let ours = views[1][name] else {
                found.append("\(name) is \(views[0][name] == nil ? "ours" : "ip's") alone")
                continue
            }
            // Of a link without an address the kernel draws one; what it did deferred settles apart.
            let random: Set = ["ifindex", "permaddr"]
            found += TestSupport.differences(of: ours, from: theirs, ignoring: random.union(moving), at: name)
            found += TestSupport.differences(of: theirs, from: ours, ignoring: random.union(moving), at: name)
            found += TestSupport.differences(
                of: views[2][name], from: theirs, ignoring: moving, at: "read in a: \(name)")
            found += TestSupport.differences(of: views[3][name], from: ours, ignoring: moving, at: "read in b: \(name)")
        }
        return found
    }

    private static let moving: Set = [
        "hello_timer", "tcn_timer", "topology_change_timer", "gc_timer", "hold_timer", "message_age_timer",
        "forward_delay_timer",
    ]
}
