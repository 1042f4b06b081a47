using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Format;

/// <summary>Power loss, failing disks and cancellation while a block is written.</summary>
public sealed class BlockCrashTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly BlockModel _model = BlockGen.Build(new Random(11), maxTargets: 3);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task PowerLoss_AtAnyOperation_LeavesAWholeBlockOrNone()
    {
        string live = Directory.CreateDirectory(_directory.File("live")).FullName;
        Directory.CreateDirectory(Path.Combine(live, "blocks"));
        var recording = new RecordingFileSystem(live);
        _ = _model.Write(Path.Combine(live, "blocks"), files: recording);
        bool seen = false;
        for (int count = 0; count <= recording.Count; count++)
        {
            for (int variant = 0; variant < 4; variant++)
            {
                string image = _directory.File($"image-{count}-{variant}");
                CrashImageChoice choice = variant switch { 0 => CrashImageChoice.Nothing, 1 => CrashImageChoice.Everything, _ => CrashImageChoice.Random((count * 4) + variant) };
                CrashImage.Write(recording, count, choice, image);
                bool complete = File.Exists(Path.Combine(BlockModel.PathIn(Path.Combine(image, "blocks")), "meta.json"));
                seen |= complete;
                (count < recording.Count || complete).ShouldBeTrue("a finished block is there after any loss of power");
                if (complete)
                {
                    using var cache = new BlockSectionCache();
                    using BlockReader block = await BlockModel.OpenAsync(Path.Combine(image, "blocks"), cache);
                    (await block.VerifyAsync(null, CancellationToken.None)).Damage.ShouldBeEmpty($"operation {count}, variant {variant}");
                    _model.Difference(await BlockModel.QueryAsync(block, QueryRange.All, new LabelMatcher(MatchType.NotEqual, "__name__", ""))).ShouldBe("");
                }

                Directory.Delete(image, recursive: true);
            }
        }

        seen.ShouldBeTrue();
    }

    [Fact]
    public void Finish_AnyCallFails_ThrowsAndLeavesNothing()
    {
        int failures = 0;
        for (int failing = 0; ; failing++)
        {
            int calls = 0;
            var files = new FaultyFileSystem();
            files.FailWhen((call, _) => call is not (FaultyCall.DeleteFile or FaultyCall.DeleteDirectory) && calls++ == failing);
            try
            {
                _ = _model.Write(_directory.Path, files: files);
                break;
            }
            catch (IOException)
            {
                failures++;
                Directory.Exists(BlockModel.PathIn(_directory.Path)).ShouldBeFalse($"call {failing}");
            }
        }

        failures.ShouldBeGreaterThan(8);
    }

    [Fact]
    public void Finish_CancelledBeforeMeta_LeavesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        using (BlockWriter writer = BlockWriter.Create(
            Primitives.Files.LocalFileSystem.Instance, BlockModel.PathIn(_directory.Path), BlockModel.Options with { BeforeMeta = cancelled.Cancel }))
        {
            _model.Add(writer);
            Should.Throw<OperationCanceledException>(() => writer.Finish(cancelled.Token));
        }

        Directory.Exists(BlockModel.PathIn(_directory.Path)).ShouldBeFalse();
    }

    [Fact]
    public void Finish_BeforeMeta_IndexAndChunksAreThereAndTheSpoolIsGone()
    {
        string[] names = [];
        _ = _model.Write(_directory.Path, BlockModel.Options with
        {
            BeforeMeta = () => names = [.. Directory.GetFiles(BlockModel.PathIn(_directory.Path)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)],
        });

        names.ShouldBe(["chunks", "index"]);
    }
}
