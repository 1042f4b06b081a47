using System.Globalization;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.OpenMetrics;

/// <summary>
/// Reads lines of OpenMetrics text: <c>name{label="value"} 1.5 1700000000.123 # exemplar</c>. Names may be quoted inside the braces. Comments are passed over but for
/// <c># EOF</c>; so are exemplars. Any bytes give a sample or <see cref="FormatException"/>.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class OpenMetricsLine
{
    private readonly ByteBuffer _labels = new();
    private readonly ByteBuffer _text = new();

    /// <summary>Labels of the sample as remote write 1.0 has them, in the order of the line; not checked. Valid until the next line.</summary>
    public ReadOnlySpan<byte> RawLabels => _labels.Written;

    /// <summary>Bits of the value; a NaN is the ordinary one.</summary>
    public long ValueBits { get; private set; }

    /// <summary>Milliseconds since the Unix epoch; null when the line has no time.</summary>
    public long? TimestampMs { get; private set; }

    /// <summary>True once the end was read.</summary>
    public bool IsEnd { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <param name="line">UTF-8, without its line feed.</param>
    /// <returns>True when it is a sample.</returns>
    /// <exception cref="FormatException">It is not well formed; the message says what.</exception>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        if (IsEnd)
        {
            throw new FormatException("there is something behind # EOF");
        }

        if (line.IsEmpty)
        {
            throw new FormatException("the line is empty");
        }

        if (line[0] == '#')
        {
            IsEnd = line.SequenceEqual("# EOF"u8);
            return false;
        }

        _labels.Clear();
        int position = 0;
        ReadSeries(line, ref position);
        ValueBits = ReadValue(Word(line, ref position));
        ReadOnlySpan<byte> time = position < line.Length ? Word(line, ref position) : [];
        TimestampMs = time.IsEmpty || time[0] == '#' ? null : ReadTime(time);
        if (TimestampMs is not null && position < line.Length && Word(line, ref position) is not [(byte)'#'])
        {
            throw new FormatException("there is something behind the time that is no exemplar");
        }

        return true;
    }

    private void ReadSeries(ReadOnlySpan<byte> line, ref int position)
    {
        int end = line.IndexOfAny("{ "u8);
        if (end < 0)
        {
            throw new FormatException("there is no value");
        }

        if (end > 0)
        {
            Add("__name__"u8, line[..end]);
        }

        position = end;
        if (line[end] != '{')
        {
            return;
        }

        position++;
        while (true)
        {
            if (At(line, position) == '}')
            {
                position++;
                return;
            }

            ReadLabel(line, ref position);
            byte next = At(line, position);
            position += next == ',' ? 1 : 0;
            if (next is not ((byte)',' or (byte)'}'))
            {
                throw new FormatException("a label is followed by neither a comma nor a brace");
            }
        }
    }

    private void ReadLabel(ReadOnlySpan<byte> line, ref int position)
    {
        byte[] name;
        if (At(line, position) == '"')
        {
            name = ReadQuoted(line, ref position).ToArray();
            if (At(line, position) is (byte)',' or (byte)'}')
            {
                Add("__name__"u8, name);
                return;
            }
        }
        else
        {
            int length = line[position..].IndexOf((byte)'=');
            name = length > 0 ? line.Slice(position, length).ToArray() : throw new FormatException("a label has no name or no value");
            position += length;
        }

        if (At(line, position++) != '=')
        {
            throw new FormatException("a label has no value");
        }

        Add(name, ReadQuoted(line, ref position));
    }

    private ReadOnlySpan<byte> ReadQuoted(ReadOnlySpan<byte> line, ref int position)
    {
        if (At(line, position++) != '"')
        {
            throw new FormatException("a label's value is not quoted");
        }

        _text.Clear();
        while (true)
        {
            byte next = At(line, position++);
            if (next == '"')
            {
                return _text.Written;
            }

            if (next == '\\')
            {
                next = At(line, position++) switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'"' => (byte)'"',
                    (byte)'\\' => (byte)'\\',
                    byte other => throw new FormatException($"\\{(char)other} is no escape sequence"),
                };
            }

            _text.Add(next);
        }
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int size = LabelSetBuilder.FieldLength(name.Length, value.Length);
        _labels.Advance(LabelSetBuilder.WriteField(_labels.Reserve(size), name, value));
    }

    private static byte At(ReadOnlySpan<byte> line, int position) =>
        position < line.Length ? line[position] : throw new FormatException("the line ends within its labels");

    /// <summary>What stands behind one space, up to the next.</summary>
    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> line, ref int position)
    {
        if (position >= line.Length || line[position] != ' ')
        {
            throw new FormatException("a space is missing");
        }

        int start = position + 1;
        int length = line[start..].IndexOf((byte)' ');
        position = length < 0 ? line.Length : start + length;
        return line[start..position];
    }

    private static long ReadValue(ReadOnlySpan<byte> text)
    {
        double value = ReadNumber(text);
        return double.IsNaN(value) ? SampleBits.NormalNaN : BitConverter.DoubleToInt64Bits(value);
    }

    private static long ReadTime(ReadOnlySpan<byte> text)
    {
        double ms = ReadNumber(text) * 1000;
        return Math.Abs(ms) < long.MaxValue ? (long)ms : throw new FormatException("the time is not possible");
    }

    private static double ReadNumber(ReadOnlySpan<byte> text)
    {
        if (double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out double value)
            && (double.IsFinite(value) || !text.ContainsAnyInRange((byte)'0', (byte)'9')))
        {
            return value;
        }

        return System.Text.Encoding.ASCII.GetString(text).ToUpperInvariant() switch
        {
            "+INF" or "INF" => double.PositiveInfinity,
            "-INF" => double.NegativeInfinity,
            _ => throw new FormatException($"{System.Text.Encoding.UTF8.GetString(text)} is no number"),
        };
    }
}
