import TestSupport
import Testing
import Trust

@Suite("Times")
struct UTCTimeTests {
    @Test("a date is as many seconds as date says, and is written as date writes it")
    func judgedByDate() throws {
        let texts = [
            "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2000-02-29T12:00:00Z", "2100-03-01T00:00:00Z",
            "2021-09-03T21:25:44Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1900-02-28T23:59:59Z",
            "2195-01-17T09:01:32Z", "2024-12-31T23:59:59Z", "1600-02-29T00:00:01Z",
        ]
        for text in texts {
            let judged = try #require(Int64(try run("date -u -d \(text) +%s").lines.first ?? ""))
            #expect(UTCTime(rfc3339: text)?.secondsSince1970 == judged, "\(text)")
            #expect(UTCTime(secondsSince1970: judged).description == text)
        }
    }

    @Test("each day of four centuries is the next of the one before")
    func days() throws {
        var time = UTCTime(secondsSince1970: -2_208_988_800)  // 1900
        for _ in 0..<146_097 {
            let text = time.description
            #expect(UTCTime(rfc3339: text) == time)
            time = time.advanced(bySeconds: 86_400)
        }
        #expect(time.description == "2300-01-01T00:00:00Z")
    }

    @Test("what is no date is none")
    func nonsense() {
        for text in [
            "", "Z", "2021-09-03", "2021-09-03T21:25:44", "2021-09-03T21:25:44+00:00", "2021-02-29T00:00:00Z",
            "2021-13-01T00:00:00Z", "2021-00-01T00:00:00Z", "2021-01-00T00:00:00Z", "2021-01-32T00:00:00Z",
            "2021-01-01T24:00:00Z", "2021-01-01T00:60:00Z", "2021-01-01T00:00:60Z", "0000-01-01T00:00:00Z",
            "+021-01-01T00:00:00Z", "2021-01-01 00:00:00Z", "2021-01-01T00:00:00.Z", "2021-01-01T00:00:00.1xZ",
            "2021-01-01T00:00:00,5Z", "٢٠٢١-01-01T00:00:00Z",
        ] {
            #expect(UTCTime(rfc3339: text) == nil, "\(text)")
        }
        #expect(UTCTime(rfc3339: "2021-01-01T00:00:00.999Z") == UTCTime(year: 2021, month: 1, day: 1))
    }

    @Test("times at the ends of what there is are written and advanced")
    func ends() {
        #expect(UTCTime(secondsSince1970: .max).advanced(bySeconds: 1) == UTCTime(secondsSince1970: .max))
        #expect(UTCTime(secondsSince1970: .min).advanced(bySeconds: -1) == UTCTime(secondsSince1970: .min))
        #expect(UTCTime(secondsSince1970: .max).description == "@9223372036854775807")
        #expect(UTCTime(secondsSince1970: .min).description == "@-9223372036854775808")
    }
}
