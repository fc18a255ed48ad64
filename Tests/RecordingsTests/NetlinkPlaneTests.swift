import Documents
import Kernel
import Netlink
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite("The netlink plane of a recording")
struct NetlinkPlaneTests {
    /// A dump of type 18, told by the bodies of its messages.
    private static func dump(_ host: Host, _ body: [UInt8] = []) throws -> String {
        var connection = NetlinkConnection(try host.netlink.open(.route))
        var request = NetlinkRequest("list", "things", type: 18)
        request.body.append(bytes: body)
        return try connection.dump(request, until: Deadline(in: .seconds(5)), into: "") {
            (all: inout String, message, bytes) throws(NetlinkError) in
            all += bodyBytes(message, bytes).map { "\($0)" }.joined(separator: ",") + ";"
        }.value
    }

    private static let things = ReadingVerb("thing list") { try dump($0) }

    /// Answers each dump with a number that counts up.
    private static func counting() -> Host {
        let count = Monitor(UInt8(0))
        return Host(
            HostRoot(directory: "/nonesuch"),
            netlink: ScriptedNetlink { _, _, _ in
                [
                    (
                        16,
                        [
                            count.with { number in
                                number += 1
                                return number
                            }, 0, 0, 0,
                        ]
                    )
                ]
            })
    }

    @Test("a verb's answer over netlink is replayed byte for byte, from the capture in the archive")
    func replay() throws {
        let recording = try Recorder().record([Self.things], of: Self.counting(), date: 5)
        #expect(recording.manifest.planes == ["files", "netlink"] && recording.manifest.failed == [:])
        let read = try Recording(archive: recording.archive())
        #expect(read.netlink == recording.netlink && read.answers == ["thing list": "1,0,0,0;\n"])
        for _ in 0..<2 {
            let replay = try read.replay()
            #expect(try Self.things.answer(replay.host) + "\n" == read.answers["thing list"])
            #expect(replay.unanswered == [])
        }
    }

    @Test("each verb is answered from the start, so that its answer does not hang on the verbs before it")
    func independence() throws {
        let other = ReadingVerb("other list") { try Self.dump($0) + Self.dump($0) }
        let recording = try Recorder().record([Self.things, other], of: Self.counting(), date: 5)
        // Live it was 1, then 2 and 3.
        #expect(recording.answers == ["thing list": "1,0,0,0;\n", "other list": "1,0,0,0;2,0,0,0;\n"])
        #expect(try other.answer(recording.replay().host) + "\n" == recording.answers["other list"])
    }

    @Test("a reading that is missing is told, though the verb hides it")
    func missing() throws {
        let recording = try Recorder().record([Self.things], of: Self.counting(), date: 5)
        let replay = try recording.replay()
        #expect(throws: NetlinkError.self) { try Self.dump(replay.host, [1, 2, 3, 4]) }
        #expect(replay.unanswered == ["the request of type 18, flags 0x301, body 01020304 of netlink family 0"])
        // A verb that asks else in a replay than it asked live has no answer.
        let calls = Monitor(UInt8(0))
        let fickle = ReadingVerb("fickle list") { host in
            let call = calls.with { count -> UInt8 in
                count += 1
                return count
            }
            return (try? Self.dump(host, [call, 0, 0, 0])) ?? "nothing"
        }
        let other = try Recorder().record([fickle], of: Self.counting(), date: 5)
        #expect(other.answers == [:] && other.manifest.answered == [])
        #expect(
            other.manifest.failed == [
                "fickle list":
                    "the recording has nothing of the request of type 18, flags 0x301, body 02000000 of netlink family 0"
            ])
    }

    @Test("a recording without netlink answers its file verbs, and says of the others what it lacks")
    func without() throws {
        let directory = try TemporaryDirectory()
        try directory.write("proc/sys/kernel/osrelease", "6.1.0-test\n")
        let kernel = ReadingVerb("kernel") { try $0.root.text("/proc/sys/kernel/osrelease") }
        let recording = try Recorder().record([kernel, Self.things], of: Host(directory: directory.path), date: 5)
        #expect(recording.manifest.planes == ["files"] && recording.netlink == nil)
        #expect(recording.answers == ["kernel": "6.1.0-test\n"])
        #expect(recording.manifest.failed == ["thing list": "open netlink: the recording holds no netlink"])
        let replay = try Recording(archive: recording.archive()).replay()
        #expect(try kernel.answer(replay.host) == "6.1.0-test" && replay.unanswered == [])
        #expect(throws: NetlinkError.self) { try Self.things.answer(replay.host) }
        #expect(replay.unanswered == ["netlink"])
    }

    @Test("a capture that is missing, cut or foreign is an error of its member")
    func damage() throws {
        let whole = try Recorder().record([Self.things], of: Self.counting(), date: 5)
        var without = whole
        without.netlink = nil
        #expect(throws: RecordingError(.missingMember("netlink.pcap"))) {
            try Recording(archive: without.archive())
        }
        let archive = try whole.archive()
        let pcap = try #require(whole.netlink).pcap()
        let start = try #require((0..<archive.count).first { archive[$0...].starts(with: pcap) })
        var broken = archive
        broken[start + 20] = 1
        let error = #expect(throws: RecordingError.self) { try Recording(archive: broken) }
        guard case .badCapture(let cause) = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(cause.kind == .malformed(.capture(.linkType(1))) && error?.offset == start - 512)
    }

    @Test("what this machine's kernel says of its links is recorded and replayed")
    func live() throws {
        // RTM_GETLINK, struct ifinfomsg of zeros.
        let links = ReadingVerb("thing list") { try Self.dump($0, [UInt8](repeating: 0, count: 16)) }
        let recording = try Recorder().record([links], of: .live, date: 5)
        #expect(recording.manifest.planes == ["files", "netlink"] && recording.manifest.failed == [:])
        let read = try Recording(archive: recording.archive())
        #expect(read == recording)
        #expect(try links.answer(read.replay().host) + "\n" == read.answers["thing list"])
    }
}
