using RemoteStore.Api.Json;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Api.Federation;

/// <summary>
/// Text format 0.0.4. Each family is untyped; native histograms have no form in it and are left out. A series without an instance gets an empty one, which keeps
/// the scraper from taking that of this server.
/// </summary>
internal sealed class TextExposition(PooledBufferWriter output, bool allowsUtf8) : IExpositionWriter
{
    private byte[] _family = [];

    public void Add(FederatedSeries series)
    {
        if (series.Histogram is not null)
        {
            return;
        }

        byte[] name = allowsUtf8 ? series.Name.ToArray() : ExpositionNames.Escape(series.Name, colons: true);
        bool isQuoted = !ExpositionNames.IsClassic(name, colons: true);
        if (!name.AsSpan().SequenceEqual(_family))
        {
            _family = name;
            Raw("# TYPE "u8);
            WriteName(name, isQuoted);
            Raw(" untyped\n"u8);
        }

        bool any = false;
        if (isQuoted)
        {
            Raw("{"u8);
            WriteName(name, isQuoted: true);
            any = true;
        }
        else
        {
            Raw(name);
        }

        bool hasInstance = false;
        foreach (LabelPair label in new LabelSet(series.Labels))
        {
            if (ExpositionNames.IsOwn(label))
            {
                hasInstance |= label.Name.SequenceEqual("instance"u8);
                WriteLabel(label.Name, label.Value, ref any);
            }
        }

        if (!hasInstance)
        {
            WriteLabel("instance"u8, [], ref any);
        }

        Raw("} "u8);
        output.Advance(GoFloat.FormatShort(series.Value, output.GetSpan(GoFloat.MaxLength)));
        Raw(" "u8);
        JsonBytes.Number(output, series.TimestampMs);
        Raw("\n"u8);
    }

    public void End()
    {
        // Nothing is held back.
    }

    private void WriteLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref bool any)
    {
        Raw(any ? ","u8 : "{"u8);
        any = true;
        ReadOnlySpan<byte> written = allowsUtf8 ? name : ExpositionNames.Escape(name, colons: false);
        WriteName(written, isQuoted: !ExpositionNames.IsClassic(written, colons: false));
        Raw("=\""u8);
        WriteEscaped(value);
        Raw("\""u8);
    }

    private void WriteName(ReadOnlySpan<byte> name, bool isQuoted)
    {
        if (!isQuoted)
        {
            Raw(name);
            return;
        }

        Raw("\""u8);
        WriteEscaped(name);
        Raw("\""u8);
    }

    private void WriteEscaped(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int next = text.IndexOfAny((byte)'\\', (byte)'"', (byte)'\n');
            if (next < 0)
            {
                Raw(text);
                return;
            }

            Raw(text[..next]);
            Raw(text[next] switch { (byte)'\\' => "\\\\"u8, (byte)'"' => "\\\""u8, _ => "\\n"u8 });
            text = text[(next + 1)..];
        }
    }

    private void Raw(ReadOnlySpan<byte> bytes) => JsonBytes.Raw(output, bytes);
}
