using System.Net.Http.Json;
using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>Browsers that are closed in the middle, sessions that end, and addresses that are not for who types them.</summary>
public sealed class InterruptedPageTests(TinyBackbone backbone, Chromium chromium) : TemporaryFolder
{
    [Fact]
    public async Task A_session_that_ends_leads_to_the_sign_in_from_each_page_and_back()
    {
        await using ServiceUnderTest service = await StartAsync();
        await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(1));
        for (int i = 0; i < 3; i++) await service.SendPictureAsync($"/api/products/plate/pictures?name=good-{i}.bmp", TestPictures.Good(i));
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("carl", Password, Role.Administrator));
        (string Path, string Ready, Func<IPage, Task> Act)[] pages =
        [
            ("/review", ".answers", page => page.Keyboard.PressAsync("g")),
            ("/history", ".rows", page => ClickAsync(page, "Search")),
            ("/quality?days=30", ".figure", page => page.SelectOptionAsync("[name=days]", "7")),
            ("/products", ".cards", async page =>
            {
                await page.FillAsync("[name=product-name]", "bolt");
                await ClickAsync(page, "Create");
            }),
            ("/products/plate?step=good", ".thumbs li", page => ClickAsync(page, "Look for pictures")),
            ("/products/plate?step=good", ".thumbs li", page => page.SetInputFilesAsync(
                ".drop input", new FilePayload { Name = "a.bmp", MimeType = "image/bmp", Buffer = TestPictures.Good(9) })),
            ("/products/plate?step=train", "[name=train-words]", page => ClickAsync(page, "Train")),
            ("/products/plate?step=versions", "[data-version]", page => ClickAsync(page, "Try it on the kept pictures")),
            ("/products/plate/limits", ".preview", async page =>
            {
                await page.FillAsync("[name=ng]", "0.9");
                await page.Keyboard.PressAsync("Tab");
            }),
            ("/administration/users", ".rows", async page =>
            {
                await page.FillAsync("[name=name]", "dora");
                await page.FillAsync("[name=password]", Password);
                await ClickAsync(page, "Add");
            }),
            ("/administration/log", ".admin", page => ClickAsync(page, "Look again")),
            ("/administration/audit", ".rows", page => ClickAsync(page, "Verify the chain")),
        ];
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync(pages[0].Path, "carl");
        foreach ((string path, string ready, Func<IPage, Task> act) in pages)
        {
            if (!window.Page.Url.EndsWith(path, StringComparison.Ordinal)) await window.Page.GotoAsync(path);
            await window.Page.WaitForSelectorAsync(ready);

            // A change of the user ends its sessions.
            await Ok(service.Administrator.PatchAsJsonAsync("/api/users/carl", new UserChange(Password: Password), ServiceJson.Options));
            await act(window.Page);

            await Expect(window.Page.Locator(".notice")).ToContainTextAsync("The sign-in has ended");
            Assert.Contains($"back={Uri.EscapeDataString(path.Split('?')[0])}", window.Page.Url);
            await window.Page.FillAsync("#name", "carl");
            await window.Page.FillAsync("#password", Password);
            await window.Page.ClickAsync("form button");
            await window.Page.WaitForSelectorAsync(ready);
        }
        Assert.Equal(["plate"], (await GetAsync<List<ProductInfo>>(service.Administrator, "/api/products")).Select(one => one.Id));
        Assert.Null((await GetAsync<Page<InspectionResult>>(service.Administrator, "/api/inspections")).Items[0].Review);
    }

    [Fact]
    public async Task An_operator_who_types_an_address_gets_no_further_than_the_role_goes()
    {
        await using ServiceUnderTest service = await StartAsync();
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("carl", Password, Role.Operator));
        await using BrowserWindow window = await chromium.OpenAsync(service);
        IPage page = window.Page;
        await window.SignInAsync("/", "carl");

        foreach (string part in new[] { "", "/users", "/keys", "/sources", "/sinks", "/storage", "/log", "/audit" })
        {
            await page.GotoAsync($"/administration{part}");
            await Expect(page.Locator("main [role=alert]")).ToHaveTextAsync("Your role may not do this; ask an administrator.");
            Assert.Equal(0, await page.Locator("main table, main form, main .counts").CountAsync());
        }
        foreach (string step in new[] { "good", "train", "calibrate", "feedback" })
        {
            await page.GotoAsync($"/products/plate?step={step}");
            await Expect(page.Locator(".notice").First).ToContainTextAsync("needs the role of an engineer");
            await page.WaitForSelectorAsync(".panel");
            Assert.Equal(0, await page.Locator(".drop, .panel .mud-button-filled").CountAsync());
        }
        await page.GotoAsync("/products/nothing");
        await Expect(page.Locator("main [role=alert]")).ToHaveTextAsync("There is no such product, or not any more.");
        await page.GotoAsync("/products/nothing/limits");
        await Expect(page.Locator("main [role=alert]")).ToHaveTextAsync("There is no such product, or not any more.");
        await page.GotoAsync("/inspections/999999999999");
        await Expect(page.Locator("main [role=alert]")).ToHaveTextAsync("There is no inspection with this number.");
        Assert.Empty(window.Elsewhere);
    }

    [Fact]
    public async Task A_browser_that_is_closed_in_the_middle_of_a_review_leaves_it_undone_or_done_and_nothing_between()
    {
        await using ServiceUnderTest service = await StartAsync();
        List<InspectionResult> bad = [];
        for (int i = 0; i < 2; i++) bad.Add(await JudgeAsync(service.Administrator, "plate", TestPictures.Defect(i)));
        await using (BrowserWindow first = await chromium.OpenAsync(service))
        {
            await first.SignInAsync("/review");
            await Expect(first.Page.Locator("section[data-inspection]")).ToHaveAttributeAsync("data-inspection", $"{bad[1].Id}");
            await first.Page.Keyboard.PressAsync("r");
            await Expect(first.Page.Locator("[data-mark]")).ToHaveCountAsync(1);
        }
        Assert.Equal((null, 0), await ReviewOfAsync(bad[1]));
        await using (BrowserWindow second = await chromium.OpenAsync(service))
        {
            await second.SignInAsync("/review");
            await Expect(second.Page.Locator("section[data-inspection]")).ToHaveAttributeAsync("data-inspection", $"{bad[1].Id}");
            await second.Page.Keyboard.PressAsync("r");
            await Expect(second.Page.Locator("[data-mark]")).ToHaveCountAsync(1);
            await second.Page.Keyboard.PressAsync("d");
        }
        Assert.Contains(await ReviewOfAsync(bad[1]), new (ReviewedAs?, int)[] { (null, 0), (ReviewedAs.Defect, 1) });

        await using BrowserWindow third = await chromium.OpenAsync(service);
        await third.SignInAsync("/review");
        for (int waiting = (await ReviewOfAsync(bad[1])).Review is null ? 2 : 1; waiting > 0; waiting--)
        {
            await Expect(third.Page.Locator(".strip li")).ToHaveCountAsync(waiting);
            await third.Page.Keyboard.PressAsync("g");
        }
        await Expect(third.Page.Locator(".empty")).ToContainTextAsync("Nothing waits");
        Assert.Null((await GetAsync<AuditCheck>(service.Administrator, "/api/audit/check")).Problem);

        async Task<(ReviewedAs? Review, int Marked)> ReviewOfAsync(InspectionResult one)
        {
            InspectionResult now = await GetAsync<InspectionResult>(service.Administrator, $"/api/inspections/{one.Id}");
            return (now.Review, now.Where.Count);
        }
    }

    [Fact]
    public async Task Files_that_are_dropped_again_after_the_browser_was_closed_in_the_middle_are_kept_once()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<ProductInfo>(service.Administrator, "/api/products", new NewProduct("plate"));
        FilePayload[] files =
        [
            .. Enumerable.Range(0, 60).Select(i => new FilePayload { Name = $"{i}.bmp", MimeType = "image/bmp", Buffer = TestPictures.Good(i) }),
        ];
        await using (BrowserWindow first = await chromium.OpenAsync(service))
        {
            await first.SignInAsync("/products/plate?step=good");
            await first.Page.WaitForSelectorAsync(".empty");
            await first.Page.SetInputFilesAsync(".drop input", files);
            await Expect(first.Page.Locator(".sending progress")).ToBeVisibleAsync();
        }
        await using BrowserWindow second = await chromium.OpenAsync(service);
        await second.SignInAsync("/products/plate?step=good");
        await second.Page.WaitForSelectorAsync(".thumbs li, .empty");

        await second.Page.SetInputFilesAsync(".drop input", files);

        await Expect(second.Page.Locator(".sending")).ToContainTextAsync("were there already, 0 not kept", new() { Timeout = 60_000 });
        Assert.Equal(60, (await GetAsync<ProductInfo>(service.Administrator, "/api/products/plate")).GoodPictures);
    }

    private async Task<ServiceUnderTest> StartAsync()
    {
        ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        return service;
    }

    private static Task ClickAsync(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name }).First.ClickAsync();
}
