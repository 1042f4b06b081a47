using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Tests.Registry;

/// <summary>Label sets for registry tests.</summary>
internal static class SeriesLabels
{
    /// <summary>A series of a usual exporter: ten labels, about 180 bytes; ten metrics a target.</summary>
    public static byte[] Typical(int i) => LabelSet.From(
        "__name__", $"http_request_duration_seconds_{i % 10}",
        "cluster", "eu-west-1-production",
        "container", "api-server",
        "env", "production",
        "instance", $"10.{i / 10 >> 16 & 255}.{i / 10 >> 8 & 255}.{i / 10 & 255}:9100",
        "job", "kubernetes-pods",
        "method", (i % 3) switch { 0 => "GET", 1 => "POST", _ => "PUT" },
        "namespace", $"team-{i / 1000}",
        "pod", $"api-server-{i / 10:x8}",
        "status", $"{200 + (i % 5)}").Bytes.ToArray();

    /// <summary>Label fields in the given order, as a sender may write them: not sorted, empty values kept.</summary>
    public static byte[] Raw(params string[] namesAndValues)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < namesAndValues.Length; i += 2)
        {
            byte[] name = Encoding.UTF8.GetBytes(namesAndValues[i]);
            byte[] value = Encoding.UTF8.GetBytes(namesAndValues[i + 1]);
            byte[] field = new byte[LabelSetBuilder.FieldLength(name.Length, value.Length)];
            LabelSetBuilder.WriteField(field, name, value);
            bytes.AddRange(field);
        }

        return [.. bytes];
    }

    /// <summary>Adds a series as the owner does.</summary>
    public static Model.SeriesRef Add(SeriesRegistry registry, byte[] raw)
    {
        ulong hash = registry.Hash(raw);
        ref SeriesState state = ref registry.Find(raw, hash);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref state))
        {
            return state.Ref;
        }

        Model.Writes.AppendStatus status = registry.GetOrAdd(raw, hash, out Model.SeriesRef added, out _);
        return status == Model.Writes.AppendStatus.Ok ? added : throw new InvalidOperationException($"{status}");
    }

    /// <summary>Labels of all series in order of refs.</summary>
    public static List<byte[]> All(SeriesRegistry registry) =>
        [.. Enumerable.Range(0, (int)registry.RefEnd).Select(i => registry.GetLabels(new Model.SeriesRef((uint)i)).ToArray())];
}
