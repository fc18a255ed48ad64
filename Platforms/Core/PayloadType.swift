/// What cloud-init calls the kinds of payload.
enum PayloadType {
    /// The types that say that a part is gzip (`DECOMP_TYPES` in cloud-init's `user_data.py`).
    static let gzip: Set<String> = [
        "application/gzip", "application/gzip-compressed", "application/gzipped", "application/x-compress",
        "application/x-compressed", "application/x-gunzip", "application/x-gzip", "application/x-gzip-compressed",
    ]

    /// How a payload begins, and what it is then (`INCLUSION_TYPES_MAP` in cloud-init's `handlers/__init__.py`). The longer
    /// before the shorter.
    private static let beginnings: [(String, String)] = [
        ("## template: jinja", "text/jinja2"), ("#cloud-config-archive", "text/cloud-config-archive"),
        ("#cloud-config-jsonp", "text/cloud-config-jsonp"), ("#cloud-boothook", "text/cloud-boothook"),
        ("#cloud-config", "text/cloud-config"), ("#include-once", "text/x-include-once-url"),
        ("#part-handler", "text/part-handler"), ("#include", "text/x-include-url"), ("#!", "text/x-shellscript"),
    ]

    /// The types whose content says more than they do (`_process_msg` there): a shell script has to begin with `#!`.
    private static let vague: Set<String> = ["text/plain", "text/x-not-multipart", "text/x-shellscript"]

    /// By the first line where `written` is vague or says gzip, which is off by then; else `written`.
    static func effective(of written: String, _ bytes: [UInt8]) -> String {
        let isGzip = gzip.contains(written)
        guard isGzip || vague.contains(written) else { return written }
        // Blanks before it are passed over, and its case is not looked at.
        let start = bytes.drop { $0 == 0x20 || 0x09...0x0d ~= $0 }.prefix(32)
        let text = String(decoding: start, as: UTF8.self).lowercased()
        return beginnings.first { text.hasPrefix($0.0) }?.1 ?? (isGzip ? "text/plain" : written)
    }
}
