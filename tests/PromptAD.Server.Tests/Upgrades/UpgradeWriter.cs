using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;

namespace PromptAD.Server.Tests.Upgrades;

/// <summary>
/// Writes what the upgrade test of later versions reads: a backbone store, a data folder, a recipe, and what they say. Started by
/// <c>tests/Upgrades/write.sh</c> when a version is released, never with the other tests.
/// </summary>
public sealed class UpgradeWriter(TinyBackbone backbone) : TemporaryFolder
{
    /// <summary>The variable that names the folder.</summary>
    public const string Variable = "PROMPTAD_UPGRADE";

    /// <summary>The backbone of these files, smaller than that of other tests.</summary>
    public const string Backbone = "upgrade";

    private const string Configuration = """
        {"kind": "dinov2", "width": 32, "layers": 1, "heads": 2, "patch": 4, "trained_size": 12, "input_size": 16}
        """;

    [Fact(Explicit = true)]
    public async Task Write()
    {
        string target = Directory.CreateDirectory(Environment.GetEnvironmentVariable(Variable)!).FullName;
        string store = Path.Combine(target, "store"), configuration = InFolder("backbone.json");
        await File.WriteAllTextAsync(configuration, Configuration);
        new BackboneStore(store).Generate(configuration, new BackboneImportOptions { Id = Backbone });
        string data = InFolder("data");
        UpgradeFacts facts;
        await using (ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            data, backbone, settings: [$"--store={store}", $"--backbone={Backbone}"]))
        {
            JobInfo job = await service.TeachAsync("plate");
            Assert.True(job.State == JobState.Completed, job.Error);
            for (int i = 10; i < 14; i++)
                await service.SendPictureAsync($"/api/products/plate/pictures?use=calibration&name=held-{i}", TestPictures.Good(i));
            job = await service.DoAsync("plate", new NewJob { Kind = JobKind.Calibrate, Activate = true });
            Assert.True(job.State == JobState.Completed, job.Error);
            HttpClient client = service.Administrator;
            InspectionResult[] all =
            [
                await ServiceUnderTest.JudgeAsync(client, "plate", TestPictures.Good(1), "?part=good"),
                await ServiceUnderTest.JudgeAsync(client, "plate", TestPictures.Defect(1), "?part=defect"),
            ];
            await ServiceUnderTest.Ok(client.PutAsJsonAsync(
                $"/api/inspections/{all[1].Id}/review", new ReviewRequest(ReviewedAs.Defect), ServiceJson.Options));
            await File.WriteAllBytesAsync(Path.Combine(target, "plate.recipe"), await client.GetByteArrayAsync("/api/products/plate/recipe"));
            facts = new UpgradeFacts(
                [.. all.Select(one => new UpgradeFact(one.Part!, one.Verdict!.Value, one.Score!.Value))],
                (await ServiceUnderTest.GetAsync<AuditCheck>(client, "/api/audit/check")).Entries);
        }
        Directory.Delete(Path.Combine(data, "keys"), recursive: true); // of cookies
        ZipFile.CreateFromDirectory(data, Path.Combine(target, "data.zip"), CompressionLevel.SmallestSize, includeBaseDirectory: false);
        await File.WriteAllTextAsync(Path.Combine(target, "facts.json"), JsonSerializer.Serialize(facts, ServiceJson.Options));
    }
}

/// <summary>What a version's files say.</summary>
/// <param name="Inspections">Its inspections: of <see cref="TestPictures.Good(int)"/> 1, then of the defect 1, which is reviewed.</param>
/// <param name="AuditEntries">The entries of its audit trail.</param>
internal sealed record UpgradeFacts(UpgradeFact[] Inspections, long AuditEntries);

/// <summary>What was said of a picture.</summary>
internal sealed record UpgradeFact(string Part, InspectionVerdict Verdict, float Score);
