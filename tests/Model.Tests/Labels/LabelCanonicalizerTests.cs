using System.Text;
using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Labels;

public sealed class LabelCanonicalizerTests
{
    private static readonly byte[] s_invalidUtf8 = [0xf7, 0xbf, 0xbf, 0xbf];

    private readonly LabelCanonicalizer _canonicalizer = new(new LabelLimits(5, 16, 32));

    [Fact]
    public void Canonicalize_CanonicalInput_ReturnsTheSameMemory()
    {
        byte[] raw = new RawLabels().Add("__name__", "up").Add("job", "node").ToArray();

        _canonicalizer.Canonicalize(raw, out ReadOnlySpan<byte> canonical).ShouldBe(AppendStatus.Ok);

        (canonical == raw).ShouldBeTrue();
    }

    [Fact]
    public void Canonicalize_CanonicalInput_AllocatesNothing()
    {
        byte[] raw = new RawLabels().Add("__name__", "up").Add("instance", "host:9100").Add("job", "node").ToArray();
        byte[] unsorted = new RawLabels().Add("job", "node").Add("__name__", "up").Add("instance", "host:9100").ToArray();
        for (int i = 0; i < 100; i++)
        {
            _canonicalizer.Canonicalize(raw, out _);
            _canonicalizer.Canonicalize(unsorted, out _);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _canonicalizer.Canonicalize(raw, out _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Canonicalize_UnsortedWithEmptyValues_SortsAndDropsThem()
    {
        byte[] raw = new RawLabels().Add("job", "node").Add("zone", "").Add("__name__", "up").Add("a", "1").ToArray();

        Canonical(raw).ShouldBe(LabelSet.From("__name__", "up", "a", "1", "job", "node").Bytes.ToArray());
    }

    [Fact]
    public void Canonicalize_FreedomsOfProtobuf_AreNormalised()
    {
        // lengths with a superfluous byte, value before name, a repeated name (the last counts), unknown fields of every wire type
        byte[] inner =
        [
            .. RawLabels.Field(2, "up"u8.ToArray()), .. RawLabels.Field(1, "ignored"u8.ToArray()), 0x18, 0x85, 0x01, 0x21, 1, 2, 3, 4, 5, 6, 7, 8,
            0x2d, 1, 2, 3, 4, .. RawLabels.Field(9, [1, 2]), 0x0a, 0x88, 0x00, .. "__name__"u8,
        ];
        byte[] raw = new RawLabels().AddInner(inner).AddBytes(0x10, 0x07).Add("a", "b").ToArray();

        Canonical(raw).ShouldBe(LabelSet.From("__name__", "up", "a", "b").Bytes.ToArray());
    }

    [Fact]
    public void Canonicalize_LabelWithoutNameOrValue_IsDropped()
    {
        byte[] raw = new RawLabels().AddInner([]).Add("__name__", "up").AddInner(RawLabels.Field(1, "x"u8.ToArray())).ToArray();

        Canonical(raw).ShouldBe(LabelSet.From("__name__", "up").Bytes.ToArray());
    }

    [Fact]
    public void Canonicalize_BadSeries_ReturnsItsFault()
    {
        Status(new RawLabels()).ShouldBe(AppendStatus.MissingMetricName);
        Status(new RawLabels().Add("job", "x")).ShouldBe(AppendStatus.MissingMetricName);
        Status(new RawLabels().Add("__name__", "")).ShouldBe(AppendStatus.MissingMetricName);
        Status(new RawLabels().Add("__name__"u8.ToArray(), s_invalidUtf8)).ShouldBe(AppendStatus.InvalidMetricName);
        Status(new RawLabels().Add("__name__", "up").Add("", "x")).ShouldBe(AppendStatus.InvalidLabelName);
        Status(new RawLabels().Add("__name__", "up").Add(s_invalidUtf8, "x"u8.ToArray())).ShouldBe(AppendStatus.InvalidLabelName);
        Status(new RawLabels().Add("__name__", "up").Add("x"u8.ToArray(), s_invalidUtf8)).ShouldBe(AppendStatus.InvalidLabelValue);
        Status(new RawLabels().Add("__name__", "up").Add("a", "1").Add("a", "1")).ShouldBe(AppendStatus.DuplicateLabelName);
        Status(new RawLabels().Add("a", "1").Add("__name__", "up").Add("b", "1").Add("a", "2")).ShouldBe(AppendStatus.DuplicateLabelName);
        Status(new RawLabels().Add("__name__", "up").Add(new string('n', 17), "1")).ShouldBe(AppendStatus.LabelNameTooLong);
        Status(new RawLabels().Add("__name__", "up").Add("a", new string('v', 33))).ShouldBe(AppendStatus.LabelValueTooLong);
        Status(new RawLabels().Add("__name__", "up").Add("a", "1").Add("b", "1").Add("c", "1").Add("d", "1").Add("e", "1"))
            .ShouldBe(AppendStatus.TooManyLabels);
        Status(new RawLabels().AddBytes(0x0a, 0x05, 0x0a)).ShouldBe(AppendStatus.MalformedSeries);
        Status(new RawLabels().Add("__name__", "up").AddBytes(0x0b)).ShouldBe(AppendStatus.MalformedSeries);
        Status(new RawLabels().Add("__name__", "up").AddBytes(0x08, 0x01)).ShouldBe(AppendStatus.MalformedSeries);
        Status(new RawLabels().Add("__name__", "up").AddBytes(0x00)).ShouldBe(AppendStatus.MalformedSeries);
        Status(new RawLabels().Add("__name__", "up").AddInner([0x0a, 0x7f, 0x61])).ShouldBe(AppendStatus.MalformedSeries);
    }

    [Fact]
    public void Canonicalize_ExactlyAtLimits_IsAccepted()
    {
        byte[] raw = new RawLabels().Add("__name__", "up").Add(new string('n', 16), new string('v', 32)).Add("p", "1").Add("q", "1").Add("r", "1")
            .Add("zero", "").ToArray();

        Status(raw).ShouldBe(AppendStatus.Ok);
    }

    [Fact]
    public void Canonicalize_LimitsOfZero_AreOff()
    {
        var raw = new RawLabels();
        for (int i = 0; i < 3000; i++)
        {
            raw.Add("label" + (i * 7919 % 3000), new string('v', 20));
        }

        raw.Add("__name__", new string('m', 100_000));
        var unlimited = new LabelCanonicalizer(default);

        unlimited.Canonicalize(raw.ToArray(), out ReadOnlySpan<byte> canonical).ShouldBe(AppendStatus.Ok);

        new LabelSet(canonical.ToArray()).ToPairs().Count.ShouldBe(3001);
    }

    [Fact]
    public void Canonicalize_MillionLabelsOrHugeValue_IsRefusedWithoutAllocating()
    {
        byte[] label = new RawLabels().Add("ab", "c").ToArray();
        byte[] million = new byte[label.Length * 1_000_000];
        for (int i = 0; i < million.Length; i += label.Length)
        {
            label.CopyTo(million, i);
        }

        byte[] huge = new RawLabels().Add("__name__", "up").Add("x"u8.ToArray(), new byte[100 << 20]).ToArray();
        Status(million).ShouldBe(AppendStatus.TooManyLabels);
        long before = GC.GetAllocatedBytesForCurrentThread();

        _canonicalizer.Canonicalize(million, out _).ShouldBe(AppendStatus.TooManyLabels);
        _canonicalizer.Canonicalize(huge, out _).ShouldBe(AppendStatus.LabelValueTooLong);
        string first = _canonicalizer.Describe(AppendStatus.TooManyLabels, million);
        string second = _canonicalizer.Describe(AppendStatus.LabelValueTooLong, huge);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 << 10);
        first.ShouldStartWith("series has 1000000 labels, the limit is 5 (limits.max-label-names-per-series): {ab=\"c\", ab=\"c\"");
        second.ShouldStartWith("value of label \"x\" has 104857600 bytes, the limit is 32 (limits.max-label-value-length): {__name__=\"up\", x=\"\\x00");
        first.Length.ShouldBeLessThan(256 + 90);
        second.Length.ShouldBeLessThan(256 + 90);
    }

    [Fact]
    public void Describe_EachFault_NamesWhatIsWrong()
    {
        Describe(new RawLabels().Add("job", "x")).ShouldBe("series has no metric name (__name__): {job=\"x\"}");
        Describe(new RawLabels().Add("__name__", "up").Add("a", "1").Add("a", "2")).ShouldBe("label \"a\" occurs twice: {__name__=\"up\", a=\"1\", a=\"2\"}");
        Describe(new RawLabels().Add("__name__", "up").Add("a"u8.ToArray(), [0x62, 0xff])).ShouldBe(
            "value of label \"a\" is not valid UTF-8: {__name__=\"up\", a=\"b\\xff\"}");
        Describe(new RawLabels().Add("__name__", "up").Add("", "v")).ShouldBe("a label name is empty: {__name__=\"up\", =\"v\"}");
        Describe(new RawLabels().Add("__name__", "up").Add([0xff], "v"u8.ToArray())).ShouldBe(
            "label name \"\\xff\" is not valid UTF-8: {__name__=\"up\", \\xff=\"v\"}");
        Describe(new RawLabels().Add("__name__", "up").Add(new string('n', 100), "v")).ShouldStartWith(
            "label name \"" + new string('n', 63) + "…\" has 100 bytes, the limit is 16 (limits.max-label-name-length): {");
        Describe(new RawLabels().AddBytes(0x0a, 0x05)).ShouldBe("labels of the series are not well-formed protobuf: {}");
    }

    [Fact]
    public void Shorten_AnyLength_StaysWithinItAndWhole()
    {
        byte[] raw = new RawLabels().Add("__name__", "😀😀😀\"\\\n😀😀😀😀😀😀").Add("b", "ccc").ToArray();
        for (int length = 8; length < 60; length++)
        {
            string text = SeriesText.Shorten(raw, length);

            text.Length.ShouldBeLessThanOrEqualTo(length);
            text.ShouldEndWith("}");
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).ShouldBe(text);
        }
    }

    [Fact]
    public void Canonicalize_AnyOrder_GivesTheSameBytesAndIsIdempotent()
    {
        Gen<string> name = Gen.String[Gen.Char["ab_é"], 1, 4];
        Gen<string> value = Gen.String[Gen.Char["xyzü"], 0, 40];
        var gen = Gen.Select(Gen.Dictionary(name, value)[0, 8], Gen.Int[0, int.MaxValue]);

        gen.Sample((labels, seed) =>
        {
            var canonicalizer = new LabelCanonicalizer(LabelLimits.Default);
            KeyValuePair<string, string>[] pairs = [.. labels, new("__name__", "m")];
            LabelSet expected = LabelSet.FromPairs(pairs);
            new Random(seed).Shuffle(pairs);
            var raw = new RawLabels();
            foreach ((string n, string v) in pairs)
            {
                raw.Add(n, v);
            }

            canonicalizer.Canonicalize(raw.ToArray(), out ReadOnlySpan<byte> canonical).ShouldBe(AppendStatus.Ok);
            byte[] once = canonical.ToArray();
            canonicalizer.Canonicalize(once, out ReadOnlySpan<byte> again).ShouldBe(AppendStatus.Ok);

            once.ShouldBe(expected.Bytes.ToArray());
            (again == once).ShouldBeTrue();
        });
    }

    [Fact]
    public void Canonicalize_ArbitraryBytes_NeverThrowsAndGivesOnlyCanonicalForms()
    {
        byte[] valid = new RawLabels().Add("__name__", "up").Add("job", "node").Add("b", "").ToArray();
        Gen<byte[]> mutated = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte, Gen.Int[0, valid.Length], (at, b, length) =>
        {
            byte[] copy = [.. valid];
            copy[at] = b;
            return copy[..length];
        });

        Gen.OneOf(Gen.Byte.Array[0, 40], mutated).Sample(raw =>
        {
            AppendStatus status = _canonicalizer.Canonicalize(raw, out ReadOnlySpan<byte> canonical);
            _canonicalizer.Describe(status, raw).ShouldNotBeEmpty();
            if (status == AppendStatus.Ok)
            {
                byte[] bytes = canonical.ToArray();
                LabelSet.FromPairs(new LabelSet(bytes).ToPairs()).Bytes.ToArray().ShouldBe(bytes);
            }
            else
            {
                canonical.IsEmpty.ShouldBeTrue();
            }
        });
    }

    private AppendStatus Status(RawLabels raw) => Status(raw.ToArray());

    private AppendStatus Status(byte[] raw) => _canonicalizer.Canonicalize(raw, out _);

    private byte[] Canonical(byte[] raw)
    {
        _canonicalizer.Canonicalize(raw, out ReadOnlySpan<byte> canonical).ShouldBe(AppendStatus.Ok);
        return canonical.ToArray();
    }

    private string Describe(RawLabels raw)
    {
        byte[] bytes = raw.ToArray();
        return _canonicalizer.Describe(_canonicalizer.Canonicalize(bytes, out _), bytes);
    }
}
