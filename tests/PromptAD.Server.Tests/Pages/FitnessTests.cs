using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using PromptAD.Client;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>Whether everybody can use the pages, on a telephone, a tablet and a screen, light and dark. Leaves pictures of all.</summary>
public sealed class FitnessTests(TinyBackbone backbone, Chromium chromium) : TemporaryFolder
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_page_is_fit_for_all_at_each_width(bool dark)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        HttpClient station = await service.WithKeyAsync("line-1");
        for (int i = 0; i < 8; i++) await JudgeAsync(station, "plate", i % 3 == 2 ? TestPictures.Defect(i) : TestPictures.Good(i), $"?part=SN-{4711 + i}");
        InspectionResult last = await JudgeAsync(station, "plate", TestPictures.Defect(1), "?part=SN-4720");
        (string Name, string Path, string Ready)[] pages =
        [
            ("live", "/", ".strip li"), ("wall", "/?wall", ".strip li"), ("review", "/review", ".answers"), ("history", "/history", ".rows"),
            ("inspection", $"/inspections/{last.Id}", ".facts"), ("products", "/products", ".cards"), ("teach-good", "/products/plate?step=good", ".drop"),
            ("teach-train", "/products/plate?step=train", "[name=train-words]"), ("teach-calibrate", "/products/plate?step=calibrate", ".drop"),
            ("teach-versions", "/products/plate?step=versions", ".chart"), ("teach-feedback", "/products/plate?step=feedback", ".counts"),
            ("limits", "/products/plate/limits", ".preview"), ("sign-in", "/sign-in", "form"), ("setup", "/setup?token=x", "form"),
        ];
        for (int i = 0; i < 3; i++) await service.SendPictureAsync($"/api/products/plate/pictures?name=Gutteil-Aufnahme-{i}.bmp", TestPictures.Good(i));
        List<string> faults = [];
        // The longest language is the one that breaks a layout.
        await using BrowserWindow window = await chromium.OpenAsync(service, language: "de-DE", dark: dark);
        await window.SignInAsync();
        foreach ((string name, string path, string ready) in pages)
        {
            await window.Page.GotoAsync(path);
            await window.Page.WaitForSelectorAsync(ready);
            await window.Page.WaitForFunctionAsync("() => [...document.images].every(one => one.complete)");
            foreach (int width in new[] { 390, 768, 1280 })
            {
                await window.Page.SetViewportSizeAsync(width, width == 390 ? 844 : 800);
                string where = $"{name}-{width}-{(dark ? "dark" : "light")}";
                await window.ShootAsync(where);
                int wide = await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
                if (wide > width) faults.Add($"{where}: {wide} px wide");
                AxeResult result = await window.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
                faults.AddRange(result.Violations.Where(one => one.Impact is "serious" or "critical")
                    .Select(one => $"{where}: {one.Id} {one.Help}: {one.Nodes[0].Html}"));
            }
        }
        window.CheckQuiet();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }
}
