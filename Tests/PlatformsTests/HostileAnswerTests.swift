import Documents
import Fetch
import Kernel
import Network
import Platform
import Platforms
import TestSupport
import Testing

@Suite("Metadata with anything in it")
struct HostileAnswerTests {
    private static let machines = MachineFixture.all.filter { $0.document["snapshot"] != nil }
    private static let platforms = Set(machines.map(\.platform.rawValue)).sorted()

    private static func machines(of platform: String) -> [MachineFixture] {
        machines.filter { $0.platform.rawValue == platform }
    }

    @Test(
        "any value anywhere is a whole machine or a typed failure, and what is told is what such things are",
        arguments: platforms)
    func values(platform: String) async throws {
        var random = SeededGenerator(seed: Sweep.seed ?? 20_261_125)
        for fixture in Self.machines(of: platform) {
            for document in HostileDocument.all(of: fixture) where document.count > 0 {
                let all = 0..<document.count
                // All of them; or of each document some, and of the large ones more.
                let some =
                    Sweep.isLong ? Array(all) : (0..<4 + document.count / 200).map { _ in random.pick(Array(all)) }
                for number in some {
                    let spoilt = try document.spoilt(number, of: fixture)
                    await check(spoilt.fixture, spoilt.name, mayHaveFewerLinks: spoilt.isEmptier)
                }
            }
        }
    }

    @Test(
        "an answer that does not come, comes damaged or says no is a whole machine or a typed failure",
        arguments: platforms)
    func exchanges(platform: String) async throws {
        var random = SeededGenerator(seed: Sweep.seed ?? 20_261_125)
        for fixture in Self.machines(of: platform) {
            for index in 0..<(fixture.document["exchanges"]?.array?.count ?? 0) {
                let place = ["exchanges", "\(index)"]
                let failures = ["timed_out", "connection_lost", "malformed"].map { word in
                    (word, fixture.without(place + ["status"]).with(place + ["failure"], .string(word)))
                }
                let statuses = ([204, 302, 401, 403, 404, 410, 500] as [Int64]).map { status in
                    ("\(status)", fixture.with(place + ["status"], .integer(status)))
                }
                let all = [("none", fixture.without(place))] + failures + statuses
                for (name, spoilt) in Sweep.isLong ? all : [random.pick(all), random.pick(all)] {
                    await check(spoilt, "\(fixture.name): exchange \(index): \(name)", mayHaveFewerLinks: true)
                }
            }
        }
    }

    /// One fetch of what is spoilt. A repetition comes at once: the deadline leaves no pauses.
    private func check(_ fixture: MachineFixture, _ name: String, mayHaveFewerLinks: Bool) async {
        do {
            let source = try #require(Registry.platform(fixture.platform)?.source)
            let (context, _) = try fixture.context(deadline: Deadline(in: .milliseconds(25)))
            let snapshot = try await source.snapshot(in: context)
            let document = snapshot.document(includingRaw: true)
            let links = document["interfaces"]?.array ?? []
            let own = fixture.document["snapshot"]?["interfaces"]?.array ?? []
            #expect(Self.problem(of: document) == nil, "\(name)")
            #expect(mayHaveFewerLinks || links.count >= own.count, "\(name): an interface is lost")
            #expect((try? JSONText.encode(document)) != nil && (try? JSONText.encode(snapshot.network.document)) != nil)
        } catch let error as PlatformError {
            let words = error.description
            #expect(error.platform == fixture.platform && !error.hint.isEmpty, "\(name): \(words)")
            #expect(words.utf8.count < 8192 && words.unicodeScalars.allSatisfy(Self.isPlain), "\(name): \(words)")
        } catch {
            Issue.record("\(name): \(error)")
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value) && ![0x2028, 0x2029].contains(scalar.value)
    }

    /// What such things never are, by their own documents: IEEE 802, RFC 791 and 4291, RFC 1123, sshd(8).
    private static func problem(of document: JSONValue) -> String? {
        guard document["instance_id"]?.string?.isEmpty == false else { return "no instance id" }
        for key in ["instance_id", "hostname", "instance_type", "region", "zone"] {
            guard let text = document[key]?.string else { continue }
            if text.isEmpty || text.count > 1024 || !text.unicodeScalars.allSatisfy(isPlain) || text.contains("<") {
                return "\(key): \(text.prefix(100))"
            }
        }
        if let name = document["hostname"]?.string, name.contains(where: { " /:*\"'".contains($0) }) { return name }
        for key in document["ssh_keys"]?.array ?? [] {
            guard let key = key.string, key.unicodeScalars.allSatisfy(isPlain) else { return "a key" }
        }
        var macs: Set<String> = []
        for link in document["interfaces"]?.array ?? [] {
            let mac = link["mac"]?.string ?? ""
            let digits = mac.split(separator: ":").compactMap { UInt8($0, radix: 16) }
            guard digits.count == 6, digits[0] & 1 == 0, digits.contains(where: { $0 != 0 }), macs.insert(mac).inserted
            else { return "the MAC address \(mac)" }
            for address in (link["addresses"]?.array ?? []).compactMap(\.string) {
                let parts = address.split(separator: "/").map(String.init)
                guard parts.count == 2, let length = Int(parts[1]), length > 0, !parts[0].hasPrefix("0."),
                    !["::", "::1"].contains(parts[0]), !parts[0].hasPrefix("ff"), !parts[0].hasPrefix("127.")
                else { return "the address \(address)" }
            }
        }
        return nil
    }
}

extension MachineFixture {
    func with(_ place: [String], _ value: JSONValue) -> MachineFixture {
        MachineFixture(name: name, document: document.setting(place, value))
    }

    func without(_ place: [String]) -> MachineFixture {
        MachineFixture(name: name, document: document.setting(place, nil))
    }
}
