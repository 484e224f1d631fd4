using System.Runtime.CompilerServices;
using Camera;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Client;

/// <summary>The sample of a camera's program with the real service.</summary>
public sealed class CameraSampleTests(TinyBackbone backbone) : TemporaryFolder
{
    [Fact]
    public async Task Frames_of_a_camera_that_breaks_off_are_inspected_once_each_and_a_damaged_one_stops_nothing()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        var key = await ServiceUnderTest.PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-1", Role.Station));
        using var client = new InspectionClient(service.Address, key.Key);
        var told = new List<InspectionResult>();
        var warnings = new List<string>();

        await new PictureSender(client, "plate", "line-1").SendAllAsync(
            new BreakingCamera(new DrawnCamera(frames: 3, TimeSpan.Zero)), told.Add, warnings.Add, CancellationToken.None);

        Assert.True(told.Count == 5, string.Join('\n', warnings));
        Assert.Equal(["part-0", "part-1", "part-0", "part-1", "part-2"], told.Select(one => one.Part));
        Assert.Equal(3, told.Select(one => one.Id).Distinct().Count());
        Assert.All(told, one => Assert.NotNull(one.Score));
        Assert.Equal(2, warnings.Count);
        Assert.Contains("damaged", warnings[0]);
        Assert.Equal("The camera does not answer: unplugged", warnings[1]);
    }

    /// <summary>Takes a frame that is cut short, breaks off after two others, and begins from the start then.</summary>
    private sealed class BreakingCamera(IPictureSource camera) : IPictureSource
    {
        private bool hasBroken;

        public async IAsyncEnumerable<TakenPicture> TakeAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            int taken = 0;
            await foreach (TakenPicture picture in camera.TakeAsync(cancellation))
            {
                if (!hasBroken && taken == 0) yield return picture with { Bytes = picture.Bytes[1..], Key = "damaged", Part = "damaged" };
                yield return picture;
                if (hasBroken || ++taken < 2) continue;
                hasBroken = true;
                throw new IOException("unplugged");
            }
        }
    }
}
