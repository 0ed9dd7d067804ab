// SPDX-License-Identifier: Apache-2.0
import 'element-plus/dist/index.css'
import './styles/theme.css'
import './styles/base.css'
import { createApp } from 'vue'
import { onSignedOut } from './api/client'
import App from './App.vue'
import { i18n } from './i18n'
import { router } from './router'
import { forgetSession, session } from './state/session'

onSignedOut(() => {
  if (!session.value) return
  forgetSession()
  const from = router.currentRoute.value
  void router.push({ name: 'sign-in', query: { next: from.fullPath, ended: '1' } })
})

createApp(App).use(i18n).use(router).mount('#app')
