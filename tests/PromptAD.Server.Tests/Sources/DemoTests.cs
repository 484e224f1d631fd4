using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Sources;

public sealed class DemoTests(TinyBackbone backbone) : TemporaryFolder
{
    [Fact]
    public async Task The_demo_teaches_a_drawn_product_and_its_line_brings_parts_with_and_without_defects()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, settings: ["--demo", "--Service:DemoSeconds=0.01"]);

        Page<InspectionResult> page = await Eventually.GetAsync(
            () => GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections?limit=500&state=done"), page => page.Items.Count >= 12, "the line");

        Assert.All(page.Items, one => Assert.Equal(("demo", "demo"), (one.Product, one.Station)));
        Assert.Contains(page.Items, one => one.Part!.StartsWith("defect", StringComparison.Ordinal));
        List<VersionInfo> versions = await GetAsync<List<VersionInfo>>(service.Administrator, "/api/products/demo/versions");
        Assert.Equal([VersionOrigin.Calibrated, VersionOrigin.Trained], versions.Select(one => one.Origin));
        Assert.True(versions[0].Active);
    }
}
