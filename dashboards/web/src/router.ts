// SPDX-License-Identifier: Apache-2.0
import { createRouter, createWebHistory } from 'vue-router'
import { homeOf } from './logic/scope'
import { knownSession } from './state/session'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => {
    if (saved) return saved
    return to.path === from.path ? false : { top: 0 }
  },
  routes: [
    { path: '/', name: 'home', component: () => import('./pages/HomePage.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignInPage.vue') },
    { path: '/overview', name: 'overview', component: () => import('./pages/OverviewPage.vue') },
    { path: '/targets/:id', name: 'target', component: () => import('./pages/TargetPage.vue') },
    { path: '/cities/:code', name: 'city', component: () => import('./pages/CityPage.vue') },
    { path: '/counties/:code', name: 'county', component: () => import('./pages/CountyPage.vue') },
    { path: '/outlets/:id', name: 'outlet', component: () => import('./pages/OutletPage.vue') },
    { path: '/ledger', name: 'ledger', component: () => import('./pages/LedgerPage.vue') },
    { path: '/streams', name: 'streams', component: () => import('./pages/StreamsPage.vue') },
    { path: '/status', name: 'status', component: () => import('./pages/StatusPage.vue') },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./pages/NowherePage.vue') },
  ],
})

router.beforeEach(async (to) => {
  const session = await knownSession()
  if (to.name === 'sign-in') return session ? homeOf(session) : true
  if (!session) {
    return { name: 'sign-in', query: to.path === '/' ? {} : { next: to.fullPath } }
  }
  return to.name === 'home' ? homeOf(session) : true
})
