using System.Text;
using System.Text.Unicode;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Labels;

/// <summary>
/// Checks the label fields of a received series and brings them into canonical form (see <see cref="LabelSet"/>). Labels with an empty value are
/// no labels: they are dropped before anything else is looked at.
/// </summary>
/// <remarks>
/// Input that is canonical already, which is what well-behaved senders write, is only checked: no sort, no copy, no allocation. Other input is
/// copied to scratch that is kept and bounded by the limits. Work stops at the first fault, so that a huge value or a million labels cost at most
/// one scan. Not safe for concurrent use.
/// </remarks>
public sealed class LabelCanonicalizer
{
    private const int KeptScratchBytes = 1 << 20;
    private const int MaxAsciiCheckLength = 1 << 16; // longer input is likely to be refused before all of it is read

    private readonly LabelLimits _limits;
    private readonly bool _requireMetricName;
    private readonly ByName _byName = new();
    private RawLabel[] _labels = new RawLabel[32];
    private byte[] _texts = new byte[1024];
    private byte[] _canonical = new byte[1024];

    /// <summary>Creates a canonicalizer that refuses what exceeds <paramref name="limits"/>.</summary>
    /// <param name="limits">Bounds.</param>
    /// <param name="requireMetricName">False for labels that are not those of a series, such as an exemplar's.</param>
    public LabelCanonicalizer(LabelLimits limits, bool requireMetricName = true)
    {
        _limits = limits;
        _requireMetricName = requireMetricName;
    }

    /// <summary>Checks and canonicalizes.</summary>
    /// <param name="raw">Label fields as remote write 1.0 carries them: submessages of field 1 with name (1) and value (2).</param>
    /// <param name="canonical">The canonical bytes when the result is <see cref="AppendStatus.Ok"/>, else empty. Is <paramref name="raw"/> itself, or
    /// lies in this instance and is valid until the next call.</param>
    /// <returns><see cref="AppendStatus.Ok"/> or the first fault found.</returns>
    public AppendStatus Canonicalize(ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> canonical)
    {
        if (IsCanonical(raw))
        {
            canonical = raw;
            return AppendStatus.Ok;
        }

        AppendStatus status = TryCollect(raw, out int count);
        canonical = status == AppendStatus.Ok ? Write(count, out status) : [];
        return status;
    }

    /// <summary>Says what is wrong with a refused series, for its sender: the fault, the limit and its option, and the series, shortened.</summary>
    public string Describe(AppendStatus status, ReadOnlySpan<byte> raw) => LabelRejection.Describe(status, raw, _limits);

    /// <summary>True when the bytes are canonical and the labels valid and within limits; false says nothing about which fault there is.</summary>
    private bool IsCanonical(ReadOnlySpan<byte> raw)
    {
        // One vectorised look at all of it spares most series a look at each text: what is ASCII is UTF-8.
        bool ascii = raw.Length <= MaxAsciiCheckLength && Ascii.IsValid(raw);
        ReadOnlySpan<byte> previous = [];
        bool named = !_requireMetricName;
        int count = 0;
        int position = 0;
        while (position < raw.Length)
        {
            if (!TryReadField(raw, ref position, 0x0a, out int innerLength))
            {
                return false;
            }

            int end = position + innerLength;
            if (!TryReadField(raw, ref position, 0x0a, out int nameLength) || nameLength == 0)
            {
                return false;
            }

            ReadOnlySpan<byte> name = raw.Slice(position, nameLength);
            position += nameLength;
            if (!TryReadField(raw, ref position, 0x12, out int valueLength) || valueLength == 0 || position + valueLength != end)
            {
                return false;
            }

            ReadOnlySpan<byte> value = raw.Slice(position, valueLength);
            position = end;
            if (_limits.ExceedsLabels(++count) || _limits.ExceedsName(nameLength) || _limits.ExceedsValue(valueLength)
                || name.SequenceCompareTo(previous) <= 0 || (!ascii && !(Utf8.IsValid(name) && Utf8.IsValid(value))))
            {
                return false;
            }

            named |= name.SequenceEqual("__name__"u8);
            previous = name;
        }

        return named;
    }

    /// <summary>Reads a tag of one byte and a minimal length that lies within the bytes.</summary>
    private static bool TryReadField(ReadOnlySpan<byte> raw, ref int position, byte tag, out int length)
    {
        length = 0;
        if (position + 1 >= raw.Length || raw[position] != tag)
        {
            return false;
        }

        int start = ++position;
        if (!Varint.TryRead(raw, ref position, out ulong value) || value > (ulong)(raw.Length - position) || position - start != Varint.Length(value))
        {
            return false;
        }

        length = (int)value;
        return true;
    }

    /// <summary>Copies the labels to scratch, checking each by itself.</summary>
    private AppendStatus TryCollect(ReadOnlySpan<byte> raw, out int count)
    {
        count = 0;
        int used = 0;
        bool named = !_requireMetricName;
        var reader = new RawLabelReader(raw);
        while (reader.MoveNext())
        {
            RawLabel label = reader.Current;
            if (label.ValueLength == 0)
            {
                continue;
            }

            if (_limits.ExceedsLabels(count + 1))
            {
                return AppendStatus.TooManyLabels;
            }

            ReadOnlySpan<byte> name = raw.Slice(label.NameOffset, label.NameLength);
            ReadOnlySpan<byte> value = raw.Slice(label.ValueOffset, label.ValueLength);
            AppendStatus status = LabelRejection.Check(name, value, _limits);
            if (status != AppendStatus.Ok)
            {
                return status;
            }

            named |= name.SequenceEqual("__name__"u8);
            EnsureRoom(count, used, name.Length + value.Length);
            name.CopyTo(_texts.AsSpan(used));
            value.CopyTo(_texts.AsSpan(used + name.Length));
            _labels[count++] = new RawLabel(used, name.Length, used + name.Length, value.Length);
            used += name.Length + value.Length;
        }

        return reader.IsMalformed ? AppendStatus.MalformedSeries : named ? AppendStatus.Ok : AppendStatus.MissingMetricName;
    }

    private void EnsureRoom(int count, int used, int adding)
    {
        if (count == _labels.Length)
        {
            Array.Resize(ref _labels, _labels.Length * 2);
        }

        if (used + adding > _texts.Length)
        {
            Array.Resize(ref _texts, Math.Max(checked(used + adding), (int)Math.Min(Array.MaxLength, _texts.Length * 2L)));
        }
    }

    /// <summary>Sorts the collected labels and writes them.</summary>
    private ReadOnlySpan<byte> Write(int count, out AppendStatus status)
    {
        Span<RawLabel> labels = _labels.AsSpan(0, count);
        _byName.Texts = _texts;
        labels.Sort(_byName);
        int size = 0;
        for (int i = 0; i < count; i++)
        {
            if (i > 0 && _byName.Compare(labels[i - 1], labels[i]) == 0)
            {
                status = AppendStatus.DuplicateLabelName;
                return [];
            }

            size = checked(size + LabelSetBuilder.FieldLength(labels[i].NameLength, labels[i].ValueLength));
        }

        if (_canonical.Length < size || _canonical.Length > KeptScratchBytes)
        {
            _canonical = new byte[Math.Max(size, 1024)];
        }

        int position = 0;
        foreach (RawLabel label in labels)
        {
            position += LabelSetBuilder.WriteField(
                _canonical.AsSpan(position),
                _texts.AsSpan(label.NameOffset, label.NameLength),
                _texts.AsSpan(label.ValueOffset, label.ValueLength));
        }

        ReleaseLargeScratch();
        status = AppendStatus.Ok;
        return _canonical.AsSpan(0, size);
    }

    /// <summary>One series with limits switched off must not keep its memory for ever.</summary>
    private void ReleaseLargeScratch()
    {
        if (_texts.Length > KeptScratchBytes)
        {
            _texts = new byte[1024];
        }

        if (_labels.Length > KeptScratchBytes / 16)
        {
            _labels = new RawLabel[32];
        }
    }

    private sealed class ByName : IComparer<RawLabel>
    {
        public byte[] Texts { get; set; } = [];

        public int Compare(RawLabel x, RawLabel y) =>
            Texts.AsSpan(x.NameOffset, x.NameLength).SequenceCompareTo(Texts.AsSpan(y.NameOffset, y.NameLength));
    }
}
